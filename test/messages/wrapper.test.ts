import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createMessage } from '../../src/messages/create.ts'
import { MAX_ARGUMENTS } from '../../src/messages/constants.ts'
import { MESSAGE_TYPES } from '../../src/messages/definitions.ts'
import { decodeWrapper, encodeWrapper } from '../../src/messages/wrapper.ts'
import { messageOf } from './support/arbitraries.ts'
import type { Message } from '../../src/messages/types.ts'

const SOURCE = '0a 01 61'
const bytes = (hex: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const frozen = { ...createMessage('control') }

/** What NEBULA's schema, by hand, makes of each message whose source is "a". */
const golden: Array<[Message, string]> = [
  [createMessage('control', 'alive', { log: '' }), '1a 00'],
  [createMessage('control', 'alive'), '1a 11  12 0f 43 6f 6e 74 72 6f 6c 20 6d 65 73 73 61 67 65'],
  [createMessage('control', 'leadership_transfer_ack', { log: 'é' }), '1a 06  08 06  12 02 c3 a9'],
  [
    createMessage('discovery', 'register', { latitude: 1.5, longitude: -2 }),
    '12 0c  08 01  15 00 00 c0 3f  1d 00 00 00 c0'
  ],
  [
    createMessage('federation', 'federation_ready', { arguments: ['x', ''], round: 2 }),
    '22 09  08 03  12 01 78  12 00  18 02'
  ],
  [
    createMessage('model', '', { parameters: bytes('01 02'), weight: 300n, round: -1 }),
    '2a 12  0a 02 01 02  10 ac 02  18 ff ff ff ff ff ff ff ff ff 01'
  ],
  [createMessage('connection', 'late_connect'), '32 02  08 02'],
  [createMessage('response', '', { response: 'ok' }), '3a 04  0a 02 6f 6b'],
  [
    createMessage('reputation', 'share', { nodeId: 'n', score: 0.5, round: 1 }),
    '42 0a  0a 01 6e  15 00 00 00 3f  18 01'
  ],
  [createMessage('discover', 'discover_nodes'), '4a 02  08 01'],
  [
    createMessage('offer', 'offer_metric', { loss: 0.5 }),
    '52 16  08 01  1d 00 00 00 3f  28 01  30 ff ff ff ff ff ff ff ff ff 01  38 01'
  ],
  [createMessage('link', 'disconnect_from', { addrs: 'a b' }), '5a 07  08 01  12 03 61 20 62'],
  [
    createMessage('app', 'reply', { topic: 't', payload: bytes('01 02'), requestId: 'r' }),
    'a2 06 0c  08 02  12 01 74  1a 02 01 02  22 01 72'
  ]
]

describe('wrapper', () => {
  for (const type of MESSAGE_TYPES) {
    it(`of a ${type} message is read as it was written`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), messageOf(type), (source, message) => {
          assert.deepEqual(decodeWrapper(encodeWrapper({ source, message })), { source, message })
        })
      )
    })
  }

  for (const [message, hex] of golden) {
    it(`of ${message.type} ${message.action} has the bytes of the schema`, () => {
      const wire = bytes(`${SOURCE} ${hex}`)

      assert.deepEqual(encodeWrapper({ source: 'a', message }), wire)
      assert.deepEqual(decodeWrapper(wire), { source: 'a', message })
    })
  }

  it('says nothing but the source when no member is set', () => {
    assert.deepEqual(decodeWrapper(bytes(SOURCE)), { source: 'a' })
    assert.deepEqual(decodeWrapper(bytes('')), { source: '' })
  })

  it('says nothing but the source when its member is not known', () => {
    assert.deepEqual(decodeWrapper(bytes(`${SOURCE}  62 02 08 01`)), { source: 'a' })
  })

  for (const [name, action] of [
    ['above the last', '07'],
    ['negative', 'ff ff ff ff ff ff ff ff ff 01']
  ] as const) {
    it(`says nothing of a message whose action is ${name}`, () => {
      const length = (action.split(' ').length + 1).toString(16).padStart(2, '0')
      const { source, message } = decodeWrapper(bytes(`${SOURCE}  1a ${length} 08 ${action}`))

      assert.deepEqual([source, message], ['a', undefined])
    })
  }

  it('takes the lower 32 bits of an action, as protobuf has it', () => {
    const { message } = decodeWrapper(bytes(`${SOURCE}  1a 06 08 81 80 80 80 10`))

    assert.equal(message?.action, 'overhead')
  })

  it('says nothing of a reputation whose action, its fourth field, is not known', () => {
    assert.equal(decodeWrapper(bytes(`${SOURCE}  42 02 20 01`)).message, undefined)
  })

  it('holds the last of several members, and of several sources', () => {
    const link = '5a 02 08 01'
    const alive = '1a 00'

    assert.equal(decodeWrapper(bytes(`${SOURCE} ${link} ${alive}`)).message?.type, 'control')
    assert.equal(decodeWrapper(bytes(`${SOURCE} ${alive} ${link}`)).message?.type, 'link')
    assert.equal(decodeWrapper(bytes(`${SOURCE} ${alive} 0a 01 62`)).source, 'b')
  })

  it('ignores a known number with another wire type', () => {
    assert.deepEqual(decodeWrapper(bytes(`${SOURCE}  18 05  08 07`)), { source: 'a' })
  })

  for (const [name, hex] of [
    ['a source that is cut off', '0a 05 61'],
    ['a member that is cut off', `${SOURCE} 1a 05 08`],
    ['a text that goes past its member', `${SOURCE} 1a 02 12 05  0a 03 61 61 61`],
    ['a tag alone', `${SOURCE} 1a`],
    ['a wire type that there is not', `${SOURCE} 0f`]
  ] as const) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => decodeWrapper(bytes(hex)), { name: 'MalformedMessageError' })
    })
  }

  it('is read or refused, whatever the bytes', () => {
    const tags = fc.constantFrom(0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x42, 0x4a, 0x52, 0x5a)
    const member = fc
      .tuple(tags, fc.uint8Array({ maxLength: 30 }))
      .map(([tag, body]) => [tag, body.length, ...body])

    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map((array) => [...array]),
          fc.array(member, { maxLength: 4 }).map((members) => members.flat())
        ),
        (garbage) => {
          try {
            decodeWrapper(new Uint8Array(garbage))
          } catch (err) {
            assert.equal((err as Error).name, 'MalformedMessageError')
          }
        }
      ),
      { numRuns: 5_000 }
    )
  })

  it('is refused when groups are nested as deep as a frame allows', () => {
    assert.throws(() => decodeWrapper(new Uint8Array(1_048_576).fill(0x63)), {
      name: 'MalformedMessageError'
    })
  })

  it('holds as many arguments as allowed, and none more', () => {
    const withArguments = (count: number): Uint8Array => {
      const body = Buffer.alloc(count * 2, Buffer.from([0x12, 0x00]))

      // lengths of two bytes, which hold up to 16,383
      return Buffer.concat([Buffer.from([0x22, (body.length & 0x7f) | 0x80, body.length >> 7]), body])
    }
    const { message } = decodeWrapper(withArguments(MAX_ARGUMENTS))

    assert.equal(message?.type === 'federation' && message.fields.arguments.length, MAX_ARGUMENTS)
    assert.throws(() => decodeWrapper(withArguments(MAX_ARGUMENTS + 1)), { name: 'MalformedMessageError' })
  })

  it('gives bytes that do not show what was received beside them', () => {
    const wire = encodeWrapper({
      source: 'a',
      message: createMessage('model', '', { parameters: bytes('01 02') })
    })
    const { message } = decodeWrapper(wire)

    assert.equal(message?.type === 'model' && message.fields.parameters.buffer.byteLength, 2)
  })

  it('is not written of a message that is not what its type says', () => {
    const wrong: Array<[string, object]> = [
      ['type', { ...frozen, type: 'nonsense' }],
      ['action', { ...frozen, action: 'connect' }],
      ['field', { ...frozen, fields: { logs: '' } }],
      ['value', { ...frozen, fields: { log: 1 } }]
    ]

    for (const [name, message] of wrong) {
      assert.throws(
        () => encodeWrapper({ source: 'a', message: message as Message }),
        { name: 'InvalidMessageError' },
        name
      )
    }
  })
})
