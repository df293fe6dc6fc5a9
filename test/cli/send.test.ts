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
    [{ type: 'response', fields: [] }, {}],
    [{ type: 'model', fields: [['parameters', '']] }, { parameters: '' }],
    // as in nebula.proto
    [
      {
        type: 'reputation',
        fields: [
          ['node_id', 'x'],
          ['score', '0.5']
        ]
      },
      { nodeId: 'x', score: 0.5 }
    ],
    [{ type: 'offer', action: 'offer_metric', fields: [['n_neighbors', '3']] }, { nNeighbors: 3 }],
    [{ type: 'offer', action: 'offer_metric', fields: [['nNeighbors', '3']] }, { nNeighbors: 3 }]
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
    [{ type: 'model', fields: [['weight', '0x10']] }, /^weight takes a whole number/],
    [{ type: 'offer', fields: [['n_neighbors', 'x']] }, /^n_neighbors takes a number/],
    [
      { type: 'reputation', fields: [['nodeid', 'x']] },
      /^unknown key "nodeid" of reputation; known are nodeId, /
    ],
    [{ type: 'model', fields: [['round', '4']] }, /^model needs its model, .*nebula models send PEER FILE/],
    [{ type: 'offer', fields: [['loss', '4']] }, /^offer needs its model/],
    [{ type: 'offer', action: 'offer_model', fields: [] }, /^offer needs its model/]
  ]

  for (const [spec, message] of wrong) {
    it(`refuses ${JSON.stringify(spec)}`, () => {
      assert.throws(() => messageJson(spec), { name: 'UsageError', message })
    })
  }
})
