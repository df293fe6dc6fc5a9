import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { step } from '../../../protocols/handshake/index.ts'
import type {
  Change,
  Changed,
  PairInput,
  PairLink,
  PairOutput,
  PairState,
  Reason,
  Welcome
} from '../../../protocols/handshake/index.ts'

const link: PairLink = { stream: 'link', direct: false, direction: 'inbound', bound: 10n }
const free: PairState = { lower: true }
const dialling: PairState = { lower: true, attempt: { stream: 'own', number: 20n, direct: true } }
const linked: PairState = { lower: true, link }
const changing: PairState = { lower: true, link: { ...link, change: { id: 1, direct: true } } }

const hello = (attempt: bigint, refusal?: Reason): PairInput => ({
  type: 'hello',
  stream: 'new',
  attempt,
  direct: true,
  newest: 7n,
  refusal
})
const welcome = (status: Welcome['status'], direct = true, reason: Reason = 'UNSPECIFIED'): PairInput => ({
  type: 'welcome',
  stream: 'own',
  welcome: { type: 'welcome', status, reason, attempt: 5n, direct }
})
const change = (direct: boolean, refusal?: Reason): PairInput => ({
  type: 'change',
  stream: 'link',
  change: { type: 'change', id: 9, direct },
  refusal
})
const changed = (id: number, accepted: boolean, reason: Reason = 'UNSPECIFIED'): PairInput => ({
  type: 'changed',
  stream: 'link',
  changed: { type: 'changed', id, accepted, reason }
})

const sent = (stream: string, frame: Welcome | Change | Changed): PairOutput => ({
  type: 'send',
  stream,
  frame
})
const answered = (status: Welcome['status'], reason: Reason = 'UNSPECIFIED'): PairOutput[] => [
  sent('new', { type: 'welcome', status, reason, attempt: 7n, direct: true }),
  { type: 'finish', stream: 'new' }
]
const madeInbound: PairLink = { stream: 'new', direct: true, direction: 'inbound', bound: 30n }
const accepted: PairOutput[] = [
  sent('new', { type: 'welcome', status: 'NEW', reason: 'UNSPECIFIED', attempt: 7n, direct: true }),
  { type: 'opened', link: madeInbound }
]
const violation = (stream: string): PairOutput => ({ type: 'abort', stream, violation: true })
const aborted = (stream: string): PairOutput => ({ type: 'abort', stream, violation: false })

interface Transition {
  id: string
  state: PairState
  input: PairInput
  next: PairState
  outputs: PairOutput[]
}

/** The rows of the table in `protocols/handshake/README.md`. */
const transitions: Transition[] = [
  {
    id: 'D1',
    state: free,
    input: { type: 'dial', stream: 'own', attempt: 20n, direct: true },
    next: dialling,
    outputs: [{ type: 'hello', stream: 'own', attempt: 20n, direct: true }]
  },
  {
    id: 'H1',
    state: free,
    input: hello(30n, 'MAX_LINKS'),
    next: free,
    outputs: answered('CLOSE', 'MAX_LINKS')
  },
  { id: 'H2', state: free, input: hello(30n), next: { lower: true, link: madeInbound }, outputs: accepted },
  { id: 'H3', state: dialling, input: hello(30n), next: dialling, outputs: answered('PENDING') },
  {
    id: 'H4',
    state: { ...dialling, lower: false },
    input: hello(30n),
    next: { lower: false, link: madeInbound },
    outputs: [aborted('own'), ...accepted]
  },
  {
    id: 'H5 as the lower',
    state: dialling,
    input: hello(30n, 'MAX_LINKS'),
    next: dialling,
    outputs: answered('CLOSE', 'MAX_LINKS')
  },
  {
    id: 'H5 as the higher',
    state: { ...dialling, lower: false },
    input: hello(30n, 'MAX_LINKS'),
    next: { ...dialling, lower: false },
    outputs: answered('CLOSE', 'MAX_LINKS')
  },
  { id: 'H6 at the bound', state: linked, input: hello(10n), next: linked, outputs: answered('EXISTS') },
  { id: 'H6 while changing', state: changing, input: hello(9n), next: changing, outputs: answered('EXISTS') },
  {
    id: 'H6 before policy',
    state: linked,
    input: hello(10n, 'MAX_LINKS'),
    next: linked,
    outputs: answered('EXISTS')
  },
  {
    id: 'H7 then H2',
    state: linked,
    input: hello(30n),
    next: { lower: true, link: madeInbound },
    outputs: [
      aborted('link'),
      { type: 'closed', link, cause: 'replaced', reason: 'UNSPECIFIED' },
      ...accepted
    ]
  },
  {
    id: 'H7 then H1',
    state: linked,
    input: hello(11n, 'MAX_LINKS'),
    next: free,
    outputs: [
      aborted('link'),
      { type: 'closed', link, cause: 'replaced', reason: 'UNSPECIFIED' },
      ...answered('CLOSE', 'MAX_LINKS')
    ]
  },
  {
    id: 'W1',
    state: dialling,
    input: welcome('NEW'),
    next: { lower: true, link: { stream: 'own', direct: true, direction: 'outbound', bound: 5n } },
    outputs: [{ type: 'opened', link: { stream: 'own', direct: true, direction: 'outbound', bound: 5n } }]
  },
  {
    id: 'W2',
    state: dialling,
    input: welcome('NEW', false),
    next: free,
    outputs: [violation('own'), { type: 'attempted', outcome: { result: 'failed' } }]
  },
  {
    id: 'W3 EXISTS',
    state: dialling,
    input: welcome('EXISTS'),
    next: free,
    outputs: [
      { type: 'finish', stream: 'own' },
      { type: 'attempted', outcome: { result: 'stale' } }
    ]
  },
  {
    id: 'W3 PENDING',
    state: dialling,
    input: welcome('PENDING'),
    next: free,
    outputs: [
      { type: 'finish', stream: 'own' },
      { type: 'attempted', outcome: { result: 'pending' } }
    ]
  },
  {
    id: 'W3 CLOSE',
    state: dialling,
    input: welcome('CLOSE', true, 'LEARNING_FINISHED'),
    next: free,
    outputs: [
      { type: 'finish', stream: 'own' },
      { type: 'attempted', outcome: { result: 'refused', reason: 'LEARNING_FINISHED' } }
    ]
  },
  {
    id: 'C1',
    state: linked,
    input: { type: 'propose', id: 1, direct: true },
    next: changing,
    outputs: [sent('link', { type: 'change', id: 1, direct: true })]
  },
  {
    id: 'C2',
    state: linked,
    input: change(true, 'LEARNING_FINISHED'),
    next: linked,
    outputs: [sent('link', { type: 'changed', id: 9, accepted: false, reason: 'LEARNING_FINISHED' })]
  },
  {
    id: 'C3',
    state: linked,
    input: change(true),
    next: { lower: true, link: { ...link, direct: true } },
    outputs: [
      sent('link', { type: 'changed', id: 9, accepted: true, reason: 'UNSPECIFIED' }),
      { type: 'direct', link: { ...link, direct: true } }
    ]
  },
  {
    id: 'C4',
    state: linked,
    input: change(false, 'PROTOCOL_ERROR'),
    next: linked,
    outputs: [sent('link', { type: 'changed', id: 9, accepted: true, reason: 'UNSPECIFIED' })]
  },
  {
    id: 'C5',
    state: changing,
    input: change(true, 'LEARNING_FINISHED'),
    next: { lower: true, link: { ...link, direct: true, change: { id: 1, direct: true } } },
    outputs: [
      sent('link', { type: 'changed', id: 9, accepted: true, reason: 'UNSPECIFIED' }),
      { type: 'direct', link: { ...link, direct: true, change: { id: 1, direct: true } } }
    ]
  },
  {
    id: 'C6',
    state: changing,
    input: change(false),
    next: free,
    outputs: [
      violation('link'),
      {
        type: 'closed',
        link: { ...link, change: { id: 1, direct: true } },
        cause: 'violation',
        reason: 'UNSPECIFIED'
      }
    ]
  },
  {
    id: 'C7',
    state: changing,
    input: changed(1, true),
    next: { lower: true, link: { ...link, direct: true, change: undefined } },
    outputs: [
      { type: 'direct', link: { ...link, direct: true, change: undefined } },
      { type: 'settled', id: 1, accepted: true, reason: 'UNSPECIFIED' }
    ]
  },
  {
    id: 'C8',
    state: changing,
    input: changed(1, false, 'LEARNING_FINISHED'),
    next: { lower: true, link: { ...link, change: undefined } },
    outputs: [{ type: 'settled', id: 1, accepted: false, reason: 'LEARNING_FINISHED' }]
  },
  {
    id: 'C9 another id',
    state: changing,
    input: changed(2, true),
    next: free,
    outputs: [
      violation('link'),
      {
        type: 'closed',
        link: { ...link, change: { id: 1, direct: true } },
        cause: 'violation',
        reason: 'UNSPECIFIED'
      }
    ]
  },
  {
    id: 'C9 unasked',
    state: linked,
    input: changed(1, true),
    next: free,
    outputs: [violation('link'), { type: 'closed', link, cause: 'violation', reason: 'UNSPECIFIED' }]
  },
  {
    id: 'G1',
    state: linked,
    input: { type: 'leave', reason: 'INACTIVE' },
    next: free,
    outputs: [
      { type: 'send', stream: 'link', frame: { type: 'goodbye', reason: 'INACTIVE' } },
      { type: 'finish', stream: 'link' },
      { type: 'closed', link, cause: 'left', reason: 'INACTIVE' }
    ]
  },
  {
    id: 'G1 without a word',
    state: linked,
    input: { type: 'leave', reason: 'REQUESTED', silent: true },
    next: free,
    outputs: [aborted('link'), { type: 'closed', link, cause: 'left', reason: 'REQUESTED' }]
  },
  {
    id: 'G2',
    state: dialling,
    input: { type: 'leave', reason: 'SHUTTING_DOWN' },
    next: free,
    outputs: [aborted('own'), { type: 'attempted', outcome: { result: 'failed' } }]
  },
  {
    id: 'G3',
    state: linked,
    input: { type: 'goodbye', stream: 'link', goodbye: { type: 'goodbye', reason: 'SHUTTING_DOWN' } },
    next: free,
    outputs: [
      { type: 'finish', stream: 'link' },
      { type: 'closed', link, cause: 'goodbye', reason: 'SHUTTING_DOWN' }
    ]
  },
  {
    id: 'E1',
    state: linked,
    input: { type: 'ended', stream: 'link' },
    next: free,
    outputs: [{ type: 'closed', link, cause: 'ended', reason: 'UNSPECIFIED' }]
  },
  {
    id: 'E2',
    state: dialling,
    input: { type: 'ended', stream: 'own' },
    next: free,
    outputs: [{ type: 'attempted', outcome: { result: 'failed' } }]
  },
  { id: 'E3', state: linked, input: { type: 'ended', stream: 'old' }, next: linked, outputs: [] },
  {
    id: 'V1 on the link',
    state: linked,
    input: { type: 'violation', stream: 'link' },
    next: free,
    outputs: [violation('link'), { type: 'closed', link, cause: 'violation', reason: 'UNSPECIFIED' }]
  },
  {
    id: 'V1 on the attempt',
    state: dialling,
    input: { type: 'goodbye', stream: 'own', goodbye: { type: 'goodbye', reason: 'REQUESTED' } },
    next: free,
    outputs: [violation('own'), { type: 'attempted', outcome: { result: 'failed' } }]
  },
  {
    id: 'V1 on another stream',
    state: linked,
    input: {
      type: 'welcome',
      stream: 'old',
      welcome: { type: 'welcome', status: 'NEW', reason: 'UNSPECIFIED', attempt: 1n, direct: true }
    },
    next: linked,
    outputs: [violation('old')]
  }
]

describe('handshake state machine', () => {
  for (const { id, state, input, next, outputs } of transitions) {
    it(`${id}: ${input.type}`, () => {
      const result = step(state, input)

      assert.deepEqual(strip(result.state), strip(next))
      assert.deepEqual(result.outputs, outputs)
    })
  }

  it('refuses a dial that is not from Free, and a change that is none', () => {
    const dial: PairInput = { type: 'dial', stream: 'x', attempt: 1n, direct: true }

    assert.throws(() => step(linked, dial), TypeError)
    assert.throws(() => step(dialling, dial), TypeError)
    assert.throws(() => step(free, { type: 'propose', id: 1, direct: true }), TypeError)
    assert.throws(() => step(linked, { type: 'propose', id: 1, direct: false }), TypeError)
    assert.throws(() => step(changing, { type: 'propose', id: 2, direct: true }), TypeError)
  })
})

/** Members that are `undefined` count as absent. */
function strip(state: PairState): PairState {
  return Object.fromEntries(
    Object.entries(state).filter(([, value]) => value !== undefined)
  ) as unknown as PairState
}
