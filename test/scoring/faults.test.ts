import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { InvalidMessageError } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import {
  faultOf,
  FrameTimeoutError,
  FrameTooLargeError,
  InvalidFrameError,
  isStall,
  isViolation,
  WriteTimeoutError
} from '../../protocols/errors.ts'
import { HandshakeProtocolError, HandshakeTimeoutError } from '../../protocols/handshake/errors.ts'
import { InvalidAckError, InvalidEnvelopeError } from '../../protocols/message/errors.ts'
import {
  InvalidChunkError,
  InvalidModelHeaderError,
  InvalidPayloadError,
  ModelProtocolError,
  ModelTimeoutError
} from '../../protocols/model/errors.ts'
import {
  ForgedAcknowledgementError,
  ProxyProtocolError,
  ProxyTimeoutError
} from '../../protocols/proxy/errors.ts'
import { AttemptRateError } from '../../src/links/errors.ts'
import { ForgedMessageError, MalformedMessageError } from '../../src/messages/errors.ts'
import { Exclusion } from '../../src/scoring/exclusion.ts'
import { PENALTIES } from '../../src/scoring/score/terms.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import {
  createOverlayNode,
  createStockNode,
  RawHandshake,
  rawHello,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import { TestEngine } from '../support/test-engine.ts'
import type { Fault } from '../../protocols/errors.ts'
import type { ExclusionComponents } from '../../src/scoring/exclusion.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

/** What each costs; `shuts out` says whether the peer has to wait before it gets another link. */
const FAULTS: Array<[Error, Fault, 'shuts out' | 'ends the link' | 'stall']> = [
  [new ForgedMessageError('x'), 'badSignature', 'shuts out'],
  [new ForgedAcknowledgementError(), 'badSignature', 'shuts out'],
  [new InvalidModelHeaderError('x'), 'badSignature', 'shuts out'],
  [new MalformedMessageError('x'), 'invalidMessage', 'shuts out'],
  [new InvalidEnvelopeError('x'), 'invalidMessage', 'shuts out'],
  [new InvalidAckError('x'), 'invalidMessage', 'shuts out'],
  [new InvalidFrameError('x'), 'invalidMessage', 'shuts out'],
  [new ModelProtocolError('x'), 'invalidMessage', 'shuts out'],
  [new ProxyProtocolError('x'), 'invalidMessage', 'shuts out'],
  [new FrameTooLargeError('inbound', 2, 1), 'oversize', 'shuts out'],
  [new InvalidChunkError(0, 'x'), 'invalidChunk', 'shuts out'],
  [new InvalidPayloadError('x'), 'bomb', 'shuts out'],
  [new HandshakeProtocolError('x'), 'handshake', 'shuts out'],
  [new AttemptRateError(), 'flapping', 'shuts out'],
  [new FrameTimeoutError('x'), 'slow', 'ends the link'],
  [new WriteTimeoutError('x'), 'slow', 'stall'],
  [new ProxyTimeoutError('x'), 'slow', 'stall'],
  [new ModelTimeoutError('x'), 'transfer', 'stall'],
  [new HandshakeTimeoutError('x'), 'halfOpen', 'stall']
]

const ROOT = join(import.meta.dirname, '../..')

/** The classes that say of themselves that they are a peer's fault. */
function declared(): string[] {
  return ['protocols', 'src'].flatMap((dir) =>
    readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(join(ROOT, dir, name), 'utf8').matchAll(
          /class (\w+) extends (?:Violation|Stall)Error/g
        )
      ])
      .map(([, name]) => name as string)
  )
}

describe('what an error costs the peer', () => {
  for (const [error, fault, consequence] of FAULTS) {
    it(`is ${fault} for ${error.name}`, () => {
      assert.equal(faultOf(error), fault)
      assert.equal(isStall(error), consequence === 'stall')
      assert.equal(
        isViolation(error) ? error.shutsOut : undefined,
        { 'shuts out': true, 'ends the link': false, stall: undefined }[consequence]
      )
    })
  }

  it('is known here of every class', () => {
    assert.deepEqual(FAULTS.map(([{ name }]) => name).toSorted(), declared().toSorted())
  })

  it('has a term in the score', () => {
    for (const [, fault] of FAULTS) {
      assert.ok(fault in PENALTIES, fault)
    }
  })

  for (const error of [
    new TypeError("Cannot read properties of undefined (reading 'x')"),
    new RangeError('out of memory'),
    // what a library, or the application, says by the same name
    new InvalidMessageError('x'),
    Object.assign(new Error('x'), { name: 'HandshakeProtocolError' }),
    Object.assign(new Error('x'), { violation: 'handshake' }),
    new FrameTooLargeError('outbound', 2, 1),
    undefined,
    'thrown'
  ]) {
    it(`is nothing for ${String(error)}, which is not its doing`, () => {
      assert.equal(faultOf(error), undefined)
      assert.equal(isViolation(error), false)
      assert.equal(isStall(error), false)
    })
  }
})

describe('an error that is not the doing of the peer', () => {
  it('neither ends a link nor keeps a peer out', async () => {
    const peer = await createPeerId()
    const done: string[] = []
    const exclusion = new Exclusion(
      {
        restrictions: { add: async () => done.push('restricted') },
        linkManager: { close: async () => done.push('closed') },
        logger: defaultLogger()
      } as unknown as ExclusionComponents,
      { onRestricted: () => {} }
    )

    exclusion.onViolation(peer, new TypeError('a fault of this node'))
    await setImmediate()
    assert.deepEqual(done, [])

    exclusion.onViolation(peer, new InvalidFrameError('x'))
    await setImmediate()
    assert.deepEqual(done, ['restricted', 'closed'])
  })

  it('costs it nothing while its handshake is handled', async () => {
    const engine = new TestEngine()
    let thrown = 0

    engine.round = () => {
      thrown++
      throw new TypeError('a fault of the engine')
    }

    await withNodes(
      [createStockNode(), createOverlayNode({ engine })],
      async (stock: Libp2p, ours: OverlayNode) => {
        const raw = await RawHandshake.open(await stock.dial(ours.getMultiaddrs()))

        await raw.send(rawHello())
        await until(
          'the stream is over',
          () => raw.stream.status !== 'open' || raw.stream.remoteWriteStatus === 'closed'
        )
        assert.ok(thrown > 0)
        assert.equal(ours.services.nebula.score(stock.peerId), 0)
        assert.deepEqual(ours.services.nebula.restrictions(), [])
      }
    )
  })
})
