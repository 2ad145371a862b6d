// Plain words for checking a receipt, Chinese first. receipt-words.ts picks among them.
import type { ReceiptAnswer, ReceiptStep, StepOutcome } from './receipt.ts'

/** `passed` may hold facts of the step in braces. */
type StepTexts = { title: string; means: string; passed: string; failed: string; skipped: string; advice: string }

export type ReceiptTexts = {
  marks: Record<StepOutcome | 'skipped', string>
  steps: Record<ReceiptStep['step'], StepTexts>
  /** Sentences for codes that need one of their own. */
  codes: Record<string, string>
  answers: Record<ReceiptAnswer, { title: string; text: string }>
  impossible: string
  adviceImpossible: string
  adviceKey: string
  pending: string
  demo: string
}

const zh: ReceiptTexts = {
  marks: { passed: '通过', failed: '没有通过', unknown: '还不知道', impossible: '这里做不了', skipped: '没有这一步' },
  steps: {
    receipt: {
      title: '回执文件完整吗',
      means: '先看这个文件是不是一份完整的回执，格式有没有被动过。',
      passed: '是一份完整的回执，记的是 {hour} 起一小时之内的一件事。',
      failed: '这不是一份完整的回执：可能拿错了文件，也可能复制时少了一段，或者被人改过。',
      skipped: '没有回执可看。',
      advice: '请用编号和回执码打开您的事项，重新下载一份，不要用别的软件改它。还是不行，请带着这个文件到镇里的办事窗口，请工作人员当面核验。',
    },
    payload: {
      title: '内容和账上的“指纹”对得上吗',
      means: '账上不写您的内容，只留一个“指纹”。把您手里的内容重新算一遍指纹，一样就说明一个字没有改。',
      passed: '对得上：您手里的 {shown} 项内容就是当时记账的内容（另有 {closed} 项没有展示，不影响核对）。',
      failed: '对不上：回执里写的内容，不是当时记进账里的内容。',
      skipped: '这份回执没有带内容，所以不核对内容，只核对记账。',
      advice: '请把这份回执原样存好，不要再改。先重新下载一份再核验；新的也对不上，把两份回执和这一页的结果交给镇政府的上一级机关，这就是证据。',
    },
    key: {
      title: '认签名的公钥是从别处来的吗',
      means: '签名要用公钥来认。公钥必须是您从别处得来的：从回执里、从同一个网站上拿的，等于让对方自己给自己作证。',
      passed: '有一把从别处得来的公钥，用它来认签名。',
      failed: '给的公钥读不出来，或者是一把什么签名都认的坏公钥。',
      skipped: '还没有核对到这里。',
      advice: '请一个字符一个字符地和抄来的公钥比对，或者重新扫一次二维码。公钥里的大小写、加号、斜杠都要一样。',
    },
    promise: {
      title: '承诺是镇里签的吗',
      means: '您提交的时候，镇里当场签了一份承诺：什么时候收到、最晚什么时候记进账。',
      passed: '是镇里签的：{time} 收到，答应最晚 {by} 记进账。',
      failed: '这份承诺不是用这把公钥签的，或者签过以后被人改过，或者说的是另外一件事。',
      skipped: '没有给承诺用的公钥，所以不核对承诺；已经记进账的，看下一步就够了。',
      advice: '请把回执原样存好，带着抄来的公钥到镇里的办事窗口当面核对。窗口说不清楚的，把回执、公钥和这一页的结果交给镇政府的上一级机关。',
    },
    proof: {
      title: '真的记进账了吗',
      means: '用回执里的证明，从您这一条一步一步算到全本账的总指纹，再看总指纹是不是镇里签了名的。',
      passed: '记进去了：这是账本 {origin} 的第 {nth} 条，签名的时候账上一共有 {size} 条。',
      failed: '证明不成立：这一条不在签了名的账里，或者账本上的签名不对。',
      skipped: '还没有证明，或者还没有公钥，所以没有核对。',
      advice:
        '请把回执原样存好，先重新下载一份再核验。还是不成立，把新旧两份回执和这一页的结果交给镇政府的上一级机关，也可以交给做见证的邻镇；打官司时这就是证据。',
    },
    witnesses: {
      title: '有足够的见证人联署吗',
      means: '邻镇、上级或者民间的见证人也在同一个总指纹上签名。这样镇里就不能给您看一本账、给别人看另一本账。',
      passed: '够了：{count} 个见证人联署（{names}）。',
      failed: '联署的见证人不够，或者有一个联署是假的。',
      skipped: '您给的公钥里没有约定见证人，所以不核对联署。',
      advice:
        '刚记账的，过几分钟重新下载回执再核验，联署会自动补上。一天以后还是不够，请告诉约定里的见证人和镇政府的上一级机关；回执和结果都要留着。',
    },
  },
  codes: {
    'ledger.key_not_known': '还没有能用的公钥：不是回执错了，是现在没有办法判断。',
    'ledger.key_from_server': '这把公钥和回执出自同一个地方。签名能对上，也只说明他们前后说法一致，不算核验通过。',
    'ledger.promise_overdue': '承诺的时间已经过了，回执里还没有记账的证明。',
    'ledger.key_low_order': '这是一把坏公钥：什么签名它都能“认”。给您这把公钥的人可能在骗您。',
    'ledger.proof_origin': '承诺和证明出自两本不同的账。',
    'ledger.payload_mismatch': '对不上：回执里写的内容，不是当时记进账里的内容。',
  },
  answers: {
    included: { title: '核验通过：已经记进账，没有被改过', text: '用您从别处得来的公钥核对，每一步都对得上。请把回执和公钥一起存好。' },
    promised: { title: '承诺是真的，还没有核对记账', text: '镇里确实签了这份承诺。过了承诺的时间，请重新下载回执再核验一次，看是不是真的记进去了。' },
    failed: { title: '核验没有通过', text: '至少有一步对不上。请看下面是哪一步、该怎么办。回执请原样存好。' },
    'key-unknown': { title: '公钥未知，不能下结论', text: '没有从别处得来的公钥，就不能说这份回执是真的，也不能说是假的。' },
    impossible: { title: '这个浏览器做不了核验', text: '不是回执有问题，是这里没有验签名的功能。' },
    'no-receipt': { title: '这不是一份完整的回执', text: '文件读不出来，后面的步骤没有做。' },
  },
  impossible: '这个浏览器太旧，或者这一页不是用安全的方式打开的，没有办法算。',
  adviceImpossible:
    '请把这一页存到电脑上再打开，或者换一个新版的浏览器（Chrome、Edge 137 以上，Firefox 129 以上，Safari 17 以上），也可以请会用电脑的人用 npx xiangli verify 核验。',
  adviceKey:
    '请到镇里的办事窗口抄公钥（或者扫墙上贴的二维码），再和邻镇网站、政府公报或者报纸上登的比对，两处一样再用。不要用给您回执的那个网站临时给的。',
  demo: '注意：这是演示用的账本，什么也证明不了。',
  pending: '还没有记账的证明；承诺最晚 {by} 记进去，现在还没有过时间。',
}

const en: ReceiptTexts = {
  marks: { passed: 'Passed', failed: 'Failed', unknown: 'Not known', impossible: 'Not possible here', skipped: 'Not made' },
  steps: {
    receipt: {
      title: 'Is the receipt whole?',
      means: 'First: is this file a whole receipt, in the form it was given?',
      passed: 'It is a whole receipt, for something entered in the hour from {hour}.',
      failed: 'This is not a whole receipt: the wrong file, a part lost in copying, or somebody changed it.',
      skipped: 'There is no receipt to look at.',
      advice:
        'Open your matter with number and receipt code, download the receipt again and do not edit it. If that fails too, take the file to the town’s counter and have it checked in front of you.',
    },
    payload: {
      title: 'Does what it says fit the fingerprint?',
      means: 'The record holds only a fingerprint of what you filed. It is computed again from what you hold: the same means not a word was changed.',
      passed: 'It fits: the {shown} items you hold are what was recorded ({closed} more are not shown, which does not matter).',
      failed: 'It does not fit: what this receipt says is not what was recorded.',
      skipped: 'This receipt shows no content, so only its place in the record is checked.',
      advice:
        'Keep this receipt as it is. Download it again and check that one; if it fails too, give both and this result to the authority above the town: they are evidence.',
    },
    key: {
      title: 'Did the key come from elsewhere?',
      means:
        'A key tells the town’s signature from others. It must come from elsewhere: taken from the receipt or the same website, the town would be its own witness.',
      passed: 'There is a key from elsewhere, and signatures are checked with it.',
      failed: 'The key cannot be read, or is one that accepts any signature.',
      skipped: 'Not reached.',
      advice: 'Compare the key with your copy letter by letter (capitals, plus signs and slashes count), or scan the code again.',
    },
    promise: {
      title: 'Did the town sign the promise?',
      means: 'When you filed, the town signed at once when it was received, and by when it must be in the record.',
      passed: 'The town signed it: received {time}, in the record by {by} at the latest.',
      failed: 'This promise was not signed by this key, or was changed afterwards, or is about something else.',
      skipped: 'No key for promises was given. If it is in the record, the next step is enough.',
      advice:
        'Keep the receipt as it is and take it with your copy of the key to the town’s counter. If they cannot explain it, give receipt, key and this result to the authority above the town.',
    },
    proof: {
      title: 'Is it really in the record?',
      means: 'The proof leads step by step from your entry to the fingerprint of the whole record, which must be signed by the town.',
      passed: 'It is: entry number {nth} of {origin}, which had {size} entries when it was signed.',
      failed: 'The proof does not hold: the entry is not in the signed record, or the signature is wrong.',
      skipped: 'There is no proof yet, or no key, so this was not checked.',
      advice:
        'Keep the receipt as it is, download it again and check that one. If it fails too, give both receipts and this result to the authority above the town, or to a neighbouring town that is a witness; in court they are evidence.',
    },
    witnesses: {
      title: 'Did enough witnesses sign too?',
      means: 'Neighbouring towns and others sign the same fingerprint, so that the town cannot show you one record and somebody else another.',
      passed: 'Enough: {count} witnesses signed ({names}).',
      failed: 'Too few witnesses signed, or one of their signatures is forged.',
      skipped: 'The keys you gave name no witnesses, so this is not checked.',
      advice:
        'If it was filed just now, download the receipt again in a few minutes: signatures are added by themselves. If they are still missing after a day, tell the witnesses and the authority above the town, and keep receipt and result.',
    },
  },
  codes: {
    'ledger.key_not_known': 'There is no key to check with: the receipt is not wrong, but nothing can be said about it yet.',
    'ledger.key_from_server':
      'This key came from where the receipt came from. That signatures fit it shows only that they agree with themselves; it does not count as checked.',
    'ledger.promise_overdue': 'The promised time is over and the receipt holds no proof.',
    'ledger.key_low_order': 'This key is broken: it accepts any signature. Whoever gave it to you may be deceiving you.',
    'ledger.proof_origin': 'Promise and proof are of two different records.',
    'ledger.payload_mismatch': 'It does not fit: what this receipt says is not what was recorded.',
  },
  answers: {
    included: {
      title: 'Checked: it is in the record, unchanged',
      text: 'Every step holds under the key that you got from elsewhere. Keep the receipt together with the key.',
    },
    promised: {
      title: 'The promise is genuine; the record was not checked yet',
      text: 'The town did sign this promise. When its time is over, download the receipt again and check whether it was kept.',
    },
    failed: { title: 'The check failed', text: 'At least one step does not hold: see below which one and what to do. Keep the receipt as it is.' },
    'key-unknown': {
      title: 'Key not known: nothing can be said',
      text: 'Without a key from elsewhere nobody can say that this receipt is genuine, nor that it is not.',
    },
    impossible: { title: 'This browser cannot check', text: 'Nothing is wrong with the receipt: this browser cannot check signatures here.' },
    'no-receipt': { title: 'This is not a whole receipt', text: 'The file cannot be read, so no other step was made.' },
  },
  impossible: 'This browser is too old, or the page was not opened in a secure way, so it cannot compute this.',
  adviceImpossible:
    'Save this page on a computer and open it there, or use a newer browser (Chrome or Edge 137, Firefox 129, Safari 17), or ask somebody to run: npx xiangli verify.',
  adviceKey:
    'Copy the key at the town’s counter (or scan the code on its wall) and compare it with what a neighbouring town’s website, the gazette or a newspaper printed; use it when two of them agree. Do not use one that the website of the receipt hands you.',
  demo: 'Careful: this is the record of a demonstration and proves nothing.',
  pending: 'There is no proof yet; it was promised for {by} at the latest, which is not over.',
}

export const receiptTexts: Record<'zh' | 'en', ReceiptTexts> = { zh, en }
