// Phrases that many stories share.

export const evidenceOf = { phone: '来电记录', letter: '信封邮戳', visit: '来访登记', counter: '窗口登记' }

export const reasonsOf = {
  supported: '该事项属于本镇职责，请求有事实和政策依据，应当支持。',
  explained: '请求情有可原，但按现行规定还不能全部满足，应当说明并帮助解决。',
  unfounded: '经核实，请求没有事实或者政策依据，不予支持。',
}

export const upheldReview = {
  facts: '原意见认定的事实清楚，请求已逐项答复。',
  reasons: '处理意见有事实和政策依据。',
  outcome: 'upheld',
  decision: '维持原处理意见。',
}

export const changedReview = {
  facts: '原意见没有答复第二项请求。',
  reasons: '处理意见应当逐项答复信访人的请求。',
  outcome: 'changed',
  decision: '变更原意见：责成清溪镇人民政府于30日内明确管护单位，书面告知申请人。',
}
