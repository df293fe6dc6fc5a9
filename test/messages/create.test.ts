import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_ARGUMENTS } from '../../src/messages/constants.ts'
import { createMessage } from '../../src/messages/create.ts'
import { DEFINITIONS, MESSAGE_TYPES } from '../../src/messages/definitions.ts'

const NO_BYTES = new Uint8Array(0)

/** Every type, its actions in the order of their numbers, and the seed's defaults. */
const table: Record<string, { actions: string[]; defaults: object }> = {
  discovery: { actions: ['discover', 'register', 'deregister'], defaults: { latitude: 0, longitude: 0 } },
  control: {
    actions: [
      'alive',
      'overhead',
      'mobility',
      'recovery',
      'weak_link',
      'leadership_transfer',
      'leadership_transfer_ack'
    ],
    defaults: { log: 'Control message' }
  },
  federation: {
    actions: ['federation_start', 'reputation', 'federation_models_included', 'federation_ready'],
    defaults: { arguments: [], round: 0 }
  },
  model: { actions: [''], defaults: { parameters: NO_BYTES, weight: 1n, round: 0 } },
  connection: { actions: ['connect', 'disconnect', 'late_connect', 'restructure'], defaults: {} },
  response: { actions: [''], defaults: { response: '' } },
  reputation: { actions: ['share'], defaults: { nodeId: '', score: 0, round: 0 } },
  discover: { actions: ['discover_join', 'discover_nodes', 'late_connect', 'restructure'], defaults: {} },
  offer: {
    actions: ['offer_model', 'offer_metric'],
    defaults: { nNeighbors: 0, loss: 0, parameters: NO_BYTES, rounds: 1, round: -1, epochs: 1 }
  },
  link: { actions: ['connect_to', 'disconnect_from'], defaults: { addrs: '' } },
  app: { actions: ['notify', 'request', 'reply'], defaults: { topic: '', payload: NO_BYTES, requestId: '' } }
}

/** Calls as JavaScript does, without types. */
const create = createMessage as (
  type: string,
  action?: string,
  fields?: object
) => ReturnType<typeof createMessage>

describe('createMessage', () => {
  it('knows the types of the schema, in their order', () => {
    assert.deepEqual(MESSAGE_TYPES, Object.keys(table))
  })

  for (const [type, { actions, defaults }] of Object.entries(table)) {
    for (const action of actions) {
      it(`makes ${type} ${action}`.trimEnd(), () => {
        assert.deepEqual(create(type, action), { type, action, fields: defaults })
      })
    }

    it(`takes the first action of ${type} when none is given`, () => {
      assert.equal(create(type).action, actions[0])
      assert.equal(create(type, '').action, actions[0])
    })

    it(`refuses an action that is not of ${type}`, () => {
      assert.throws(() => create(type, 'nonsense'), {
        name: 'InvalidMessageError',
        message: /"nonsense" of /
      })
    })

    it(`refuses a field that is not of ${type}`, () => {
      assert.throws(() => create(type, undefined, { nonsense: 1 }), {
        name: 'InvalidMessageError',
        message: /"nonsense" of /
      })
    })
  }

  it('refuses an unknown type', () => {
    for (const type of ['nonsense', '', 'toString', '__proto__']) {
      assert.throws(() => create(type), { name: 'InvalidMessageError', message: /Unknown message type/ })
    }
  })

  it('keeps what is given beside the defaults, and takes undefined for not given', () => {
    const { fields } = createMessage('offer', 'offer_model', { loss: 2, rounds: undefined })

    assert.deepEqual(fields, { ...DEFINITIONS.offer.defaults(), loss: 2 })
  })

  it('gives every message defaults of its own', () => {
    createMessage('federation').fields.arguments.push('changed')
    assert.deepEqual(createMessage('federation').fields.arguments, [])
  })

  const values: Array<[string, string, unknown[], unknown[]]> = [
    ['control', 'log', ['', 'text', '\u{1f600}'], [1, null, ['a'], '\ud800']],
    [
      'federation',
      'arguments',
      [[], ['a', ''], Array.from({ length: MAX_ARGUMENTS }, () => '')],
      ['a', [1], null, ['\udfff'], Array.from({ length: MAX_ARGUMENTS + 1 }, () => '')]
    ],
    ['discovery', 'latitude', [0, -1.5, Infinity, 3.4e38], [NaN, '1', null, 1n, 3.5e38, -1e300]],
    [
      'federation',
      'round',
      [0, -1, 2 ** 31 - 1, -(2 ** 31)],
      [0.5, 2 ** 31, -(2 ** 31) - 1, NaN, '1', 1n, null]
    ],
    ['model', 'weight', [0n, 1n, 2n ** 53n, 2n ** 63n - 1n], [1, '1', 2n ** 63n, -1n, -(2n ** 53n), null]],
    ['model', 'parameters', [NO_BYTES, Buffer.from('a')], ['a', [1], new ArrayBuffer(1), null]]
  ]

  for (const [type, field, good, bad] of values) {
    it(`takes as ${field} of ${type} what fits it, and nothing else`, () => {
      for (const value of good) {
        assert.equal(Reflect.get(create(type, undefined, { [field]: value }).fields, field), value)
      }

      for (const value of bad) {
        assert.throws(() => create(type, undefined, { [field]: value }), {
          name: 'InvalidMessageError',
          message: new RegExp(`^Field "${field}" of ${type} must be `)
        })
      }
    })
  }
})
