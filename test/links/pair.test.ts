import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import { Pair } from '../../src/links/pair.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { settle } from '../support/manual-clock.ts'
import type { HandshakeFrame, HandshakeStream, NodeInfo, Reason } from '../../protocols/handshake/index.ts'
import type { PairListener } from '../../src/links/pair.ts'
import type { PeerId } from '@libp2p/interface'

type StreamListener = Parameters<HandshakeStream['redirect']>[0]

const node: NodeInfo = {
  federation: 'lab',
  proxy: false,
  roles: [],
  round: null,
  listenAddrs: [],
  agent: ''
}

/** A handshake stream without a wire: what was done to it, and a handle on what comes over it. */
class FakeStream {
  readonly done: string[] = []
  readonly id: string
  readonly #closed = Promise.withResolvers<Error | undefined>()
  #listener?: StreamListener

  constructor(id: string) {
    this.id = id
  }

  get closed(): Promise<Error | undefined> {
    return this.#closed.promise
  }

  get remote(): StreamListener {
    assert.ok(this.#listener != null)

    return this.#listener
  }

  listen(listener: StreamListener): void {
    this.#listener = listener
  }

  redirect(listener: StreamListener): void {
    this.#listener = listener
  }

  send(frame: HandshakeFrame): void {
    this.done.push('status' in frame ? frame.status : frame.type)
  }

  finish(): void {
    this.done.push('finish')
  }

  abort(): void {
    this.done.push('abort')
    this.#closed.resolve(undefined)
  }

  setDeadline(): void {}

  clearDeadline(): void {}

  /** The stream is over, as libp2p says it: later, and once. */
  end(error?: Error): void {
    queueMicrotask(() => {
      this.remote.onEnded(error)
      this.#closed.resolve(error)
    })
  }
}

describe('Pair', () => {
  let peer: PeerId
  let log: string[]

  before(async () => {
    peer = await createPeerId()
  })

  beforeEach(() => {
    log = []
  })

  function pairWith(listener: Partial<PairListener> = {}, lower = true): Pair {
    return new Pair(peer, lower, {
      onOpened: (_pair, link) => log.push(`opened ${link.stream}`),
      onClosed: (_pair, link, cause) => log.push(`closed ${link.stream} ${cause}`),
      onDirect: (_pair, link) => log.push(`direct ${link.direct}`),
      onViolation: () => log.push('violation'),
      refuseChange: () => undefined,
      describeSelf: () => node,
      ...listener
    })
  }

  function asStream(fake: FakeStream): HandshakeStream {
    return fake as unknown as HandshakeStream
  }

  function hello(pair: Pair, fake: FakeStream, attempt = 1n, refusal?: Reason): void {
    const message = { type: 'hello', attempt, direct: false, priority: 'high', node } as const

    pair.hello(asStream(fake), message, 0n, refusal == null ? { self: node } : { refusal })
  }

  function welcome(status: 'NEW' | 'PENDING', direct = false): HandshakeFrame {
    return { type: 'welcome', status, reason: 'UNSPECIFIED', attempt: 0n, direct, node }
  }

  it('makes a link of an attempt that is welcome', async () => {
    const pair = pairWith()
    const stream = new FakeStream('1')
    const attempt = pair.dial(asStream(stream), 1n, false, 'high')

    assert.deepEqual([pair.attempting, pair.empty], [true, false])
    void stream.remote.onFrame(welcome('NEW'))
    assert.deepEqual(await attempt, { result: 'linked' })
    assert.deepEqual([stream.done, log, pair.attempting], [['hello'], ['opened 1'], false])
  })

  it('fails an attempt whose stream was dead before the Hello', async () => {
    const pair = pairWith()
    const stream = new FakeStream('1')
    const attempt = pair.dial(asStream(stream), 1n, false, 'medium')
    const error = new Error('reset')

    stream.end(error)
    assert.deepEqual(await attempt, { result: 'failed', error })
    assert.deepEqual([pair.empty, log], [true, []])
  })

  it('begins no attempt when the node cannot say what it is', async () => {
    const pair = pairWith({
      describeSelf: () => {
        throw new Error('engine trouble')
      }
    })
    const stream = new FakeStream('1')

    await assert.rejects(pair.dial(asStream(stream), 1n, false, 'medium'), /engine trouble/)
    assert.deepEqual([stream.done, pair.empty], [[], true])
  })

  it('fails the attempt when it is left while dialling, with the reason of the one who left', async () => {
    const pair = pairWith()
    const stream = new FakeStream('1')
    const attempt = pair.dial(asStream(stream), 1n, false, 'medium')
    const error = new Error('changed my mind')

    await pair.leave('REQUESTED', { error })
    assert.deepEqual(await attempt, { result: 'failed', error })
    assert.deepEqual([stream.done, pair.empty], [['hello', 'abort'], true])

    // what is still under way finds nobody
    void stream.remote.onFrame(welcome('NEW'))
    assert.deepEqual(log, [])
  })

  it('settles its attempt as linked when the link of the other end comes first', async () => {
    const pair = pairWith({}, false)
    const [own, theirs] = [new FakeStream('1'), new FakeStream('2')]
    const attempt = pair.dial(asStream(own), 1n, false, 'medium')

    hello(pair, theirs)
    assert.deepEqual(await attempt, { result: 'linked' })
    assert.deepEqual([own.done, theirs.done, log], [['hello', 'abort'], ['NEW'], ['opened 2']])
    own.end()
    await settle()
    assert.deepEqual(log, ['opened 2'])
  })

  it('rejects nobody it keeps: a refused Hello leaves the pair empty', () => {
    const pair = pairWith()
    const stream = new FakeStream('1')

    hello(pair, stream, 1n, 'MAX_LINKS')
    assert.deepEqual([stream.done, pair.empty, log], [['CLOSE', 'finish'], true, []])
  })

  it('ends a change whose link closes before the answer, for all who wait', async () => {
    for (const close of ['ended', 'goodbye', 'replaced', 'left'] as const) {
      log = []

      const pair = pairWith()
      const stream = new FakeStream('1')

      hello(pair, stream)

      const changes = [pair.propose(true), pair.propose(true)]

      if (close === 'ended') {
        stream.end()
      } else if (close === 'goodbye') {
        void stream.remote.onFrame({ type: 'goodbye', reason: 'REQUESTED' })
      } else if (close === 'replaced') {
        hello(pair, new FakeStream('2'), 9n, 'MAX_LINKS')
      } else {
        void pair.leave('REQUESTED')
      }

      assert.deepEqual(
        (await Promise.all(changes)).map(({ accepted }) => accepted),
        [false, false],
        close
      )
      assert.deepEqual(log, ['opened 1', `closed 1 ${close}`])
    }
  })

  it('asks once for the same change, and one after the other for different ones', async () => {
    const pair = pairWith()
    const stream = new FakeStream('1')

    hello(pair, stream)

    const changes = [pair.propose(true), pair.propose(true), pair.propose(false)]

    await settle()
    assert.deepEqual(stream.done, ['NEW', 'change'])
    void stream.remote.onFrame({ type: 'changed', id: 1, accepted: true, reason: 'UNSPECIFIED' })
    await settle()
    assert.deepEqual(stream.done, ['NEW', 'change', 'change'])
    void stream.remote.onFrame({ type: 'changed', id: 2, accepted: false, reason: 'PROTOCOL_ERROR' })
    assert.deepEqual(await Promise.all(changes), [
      { accepted: true, reason: 'UNSPECIFIED' },
      { accepted: true, reason: 'UNSPECIFIED' },
      { accepted: false, reason: 'PROTOCOL_ERROR' }
    ])
    assert.deepEqual(log, ['opened 1', 'direct true'])
  })

  it('does everything in order when a listener takes the next step within one', async () => {
    const [first, second] = [new FakeStream('1'), new FakeStream('2')]
    const pair: Pair = pairWith({
      onClosed: (_pair, link, cause) => {
        log.push(`closed ${link.stream} ${cause}`)

        // within the step that also opens the second
        if (link.stream === '1') {
          void pair.leave('REQUESTED')
          log.push('told of 1')
        }
      }
    })

    hello(pair, first, 1n)
    hello(pair, second, 2n)
    await settle()
    assert.deepEqual(log, ['opened 1', 'closed 1 replaced', 'told of 1', 'opened 2', 'closed 2 left'])
    assert.deepEqual(second.done, ['NEW', 'goodbye', 'finish'])
    assert.equal(pair.empty, true)
  })

  it('tells of one violation, once, whatever comes after it', async () => {
    const pair = pairWith()
    const stream = new FakeStream('1')

    hello(pair, stream)
    stream.remote.onViolation(new Error('rubbish'))
    stream.end()
    await settle()
    assert.deepEqual(log, ['opened 1', 'violation', 'closed 1 violation'])
    assert.equal(pair.empty, true)
  })
})
