// Every receipt case on Node; tests/e2e/checker.e2e.ts asks a browser the same and compares step by step.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTexts } from '#kernel/ledger/check-texts.ts'
import { answerOf } from '#kernel/ledger/receipt.ts'
import { receiptCases, receiptCasesAt } from '#tests/support/receipt-cases.ts'

test('a receipt is good exactly when it is whole, under a key from elsewhere', () => {
  assert.ok(receiptCases.length > 100)
  const wrong = receiptCases.flatMap(({ name, good, ...input }) => {
    const answer = answerOf(checkTexts({ ...input, now: receiptCasesAt }))
    return (answer === 'included' || answer === 'promised') === good ? [] : [`${name}: ${answer}`]
  })
  assert.deepEqual(wrong, [])
})
