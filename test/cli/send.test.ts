import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { messageJson } from '../../src/cli/commands/send.ts'
import type { SendOptions } from '../../src/cli/invocation.ts'

type Spec = Omit<SendOptions, 'peer'>

describe('nebula send: the message', () => {
  const valid: Array<[Spec, Record<string, unknown>]> = [
    [{ type: 'control', action: 'alive', fields: [['log', '5']] }, { log: '5' }],
    [
      {
        type: 'discovery',
        fields: [
          ['latitude', '-3.5'],
          ['longitude', '1e2']
        ]
      },
      { latitude: -3.5, longitude: 100 }
    ],
    [
      {
        type: 'federation',
        fields: [
          ['arguments', 'a'],
          ['arguments', 'b'],
          ['round', '-1']
        ]
      },
      { arguments: ['a', 'b'], round: -1 }
    ],
    [
      {
        type: 'model',
        fields: [
          ['weight', '9007199254740993'],
          ['parameters', 'AQ==']
        ]
      },
      { weight: '9007199254740993', parameters: 'AQ==' }
    ],
    [
      {
        type: 'control',
        fields: [
          ['log', 'a'],
          ['log', 'b']
        ]
      },
      { log: 'b' }
    ],
    [{ type: 'response', fields: [] }, {}]
  ]

  for (const [spec, fields] of valid) {
    it(`reads ${JSON.stringify(spec)}`, () => {
      assert.deepEqual(messageJson(spec), { type: spec.type, action: spec.action, fields })
    })
  }

  const wrong: Array<[Spec, RegExp]> = [
    [{ type: 'gossip', fields: [] }, /^unknown message type "gossip"; known are discovery, control, /],
    [{ type: 'toString', fields: [] }, /^unknown message type/],
    [
      { type: 'control', action: 'dance', fields: [] },
      /^unknown action "dance" of control; known are alive, /
    ],
    [{ type: 'model', action: 'send', fields: [] }, /known are none$/],
    [{ type: 'control', fields: [['volume', '1']] }, /^unknown key "volume" of control; known are log$/],
    [{ type: 'control', fields: [['constructor', '1']] }, /^unknown key/],
    [{ type: 'federation', fields: [['round', '1.5']] }, /^round takes a whole number, not "1\.5"$/],
    [{ type: 'federation', fields: [['round', '']] }, /^round takes a whole number/],
    [{ type: 'discovery', fields: [['latitude', 'north']] }, /^latitude takes a number/],
    [{ type: 'discovery', fields: [['latitude', 'Infinity']] }, /^latitude takes a number/],
    [{ type: 'model', fields: [['weight', '0x10']] }, /^weight takes a whole number/]
  ]

  for (const [spec, message] of wrong) {
    it(`refuses ${JSON.stringify(spec)}`, () => {
      assert.throws(() => messageJson(spec), { name: 'UsageError', message })
    })
  }
})
