import assert from 'node:assert/strict'

/** Names that say nothing of what went wrong. */
const UNTYPED = new Set(['', 'Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'])

/** What a promise was rejected with; undefined when it was not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise

    return undefined
  } catch (err) {
    return err
  }
}

/** An error that a program can tell by its name, or by the system's code, and a user by its text. */
export function assertTyped(thrown: unknown, what = ''): asserts thrown is Error {
  assert.ok(thrown instanceof Error, `${what} ${String(thrown)} is no Error`)

  const { name, message, stack } = thrown

  assert.ok(!UNTYPED.has(name) || 'code' in thrown, `${what} ${stack}`)
  assert.ok(message.trim() !== '' && !message.includes('[object '), `${what} ${stack}`)

  if (thrown instanceof AggregateError) {
    thrown.errors.forEach((each) => assertTyped(each, what))
  }
}
