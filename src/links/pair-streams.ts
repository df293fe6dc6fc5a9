import { HandshakeProtocolError } from '../../protocols/handshake/index.ts'
import type {
  HandshakeFrame,
  HandshakeStream,
  Hello,
  NodeInfo,
  PairInput,
  Priority,
  Welcome
} from '../../protocols/handshake/index.ts'

/** A frame short of what it says of its sender. */
type Outgoing =
  | Omit<Hello, 'priority' | 'node'>
  | Omit<Welcome, 'node'>
  | Exclude<HandshakeFrame, { type: 'hello' | 'welcome' }>

export interface PairStreamsInit {
  /** What came over a stream, or became of it. */
  onInput(input: PairInput, error?: Error): void
  /** The peer wants the other kind of link, to which policy may have something to say. */
  onChange(stream: string, change: HandshakeFrame & { type: 'change' }): void | Promise<void>
}

interface Entry {
  stream: HandshakeStream
  priority: Priority
  /** What this node says of itself, where it may say so. */
  self?: NodeInfo
  /** What the peer has said of itself on this stream. */
  node?: NodeInfo
}

/** The handshake streams of one peer: frames in and out, between the wire and the state machine's inputs and outputs. */
export class PairStreams {
  readonly #init: PairStreamsInit
  readonly #entries = new Map<string, Entry>()

  constructor(init: PairStreamsInit) {
    this.#init = init
  }

  get(id: string): Readonly<Entry> | undefined {
    return this.#entries.get(id)
  }

  /** Takes over a stream that this node has opened; the peer's Welcome is due. */
  addOutbound(stream: HandshakeStream, priority: Priority, self: NodeInfo): void {
    this.#entries.set(stream.id, { stream, priority, self })
    stream.setDeadline('The Welcome')
    stream.listen(this.#listener(stream))
  }

  /** Takes over a stream of the peer, over which its Hello has come. */
  addInbound(stream: HandshakeStream, priority: Priority, node: NodeInfo, self?: NodeInfo): void {
    this.#entries.set(stream.id, { stream, priority, node, self })
    stream.redirect(this.#listener(stream))
  }

  send(id: string, frame: Outgoing): void {
    const entry = this.#entries.get(id)

    entry?.stream.send(complete(frame, entry))
  }

  /** Closes our side once what was sent has left; what still comes is of no interest. */
  finish(id: string): void {
    this.#entries.get(id)?.stream.finish()
    this.#entries.delete(id)
  }

  abort(id: string, error: Error): void {
    this.#entries.get(id)?.stream.abort(error)
    this.#entries.delete(id)
  }

  #listener(stream: HandshakeStream): Parameters<HandshakeStream['redirect']>[0] {
    const over = (type: 'violation' | 'ended', error?: Error): void => {
      this.#init.onInput({ type, stream: stream.id }, error)
      this.#entries.delete(stream.id)
    }

    return {
      onFrame: (frame) => this.#onFrame(stream, frame),
      onViolation: (error) => over('violation', error),
      onEnded: (error) => over('ended', error)
    }
  }

  #onFrame(stream: HandshakeStream, frame: HandshakeFrame): void | Promise<void> {
    const entry = this.#entries.get(stream.id)

    if (entry == null) {
      return
    }

    const { id } = stream

    switch (frame.type) {
      case 'hello':
        this.#init.onInput(
          { type: 'violation', stream: id },
          new HandshakeProtocolError('Second Hello on one stream')
        )
        break
      case 'welcome':
        entry.node = frame.node
        stream.clearDeadline()
        this.#init.onInput({ type: 'welcome', stream: id, welcome: frame })
        break
      case 'change':
        return this.#init.onChange(id, frame)
      case 'changed':
        stream.clearDeadline()
        this.#init.onInput({ type: 'changed', stream: id, changed: frame })
        break
      case 'goodbye':
        this.#init.onInput({ type: 'goodbye', stream: id, goodbye: frame })
        break
    }
  }
}

function complete(frame: Outgoing, { priority, self }: Entry): HandshakeFrame {
  switch (frame.type) {
    case 'hello':
      if (self == null) {
        throw new TypeError('A Hello tells what the node is')
      }

      return { ...frame, priority, node: self }
    case 'welcome':
      return frame.status === 'NEW' ? { ...frame, node: self } : frame
    case 'change':
    case 'changed':
    case 'goodbye':
      return frame
  }
}
