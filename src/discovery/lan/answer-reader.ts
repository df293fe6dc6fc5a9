import type { Instance } from './read-packet.ts'
import type { ServiceNames } from './service-names.ts'
import type { ComponentLogger, PeerDiscovery, PeerInfo } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'
import type { MulticastDNSComponents, MulticastDNSInit } from '@libp2p/mdns'
import type { Packet } from 'dns-packet'

/** `mdns` of `@libp2p/mdns`. */
export type MdnsFactory = (init: MulticastDNSInit) => (components: MulticastDNSComponents) => PeerDiscovery

/** The method of the package's class that takes an answer; the type that its factory gives does not tell of it. */
const TAKE_ANSWER = '_onMdnsResponse'

interface MulticastDns extends PeerDiscovery {
  [TAKE_ANSWER](response: Required<Pick<Packet, 'answers' | 'additionals'>>): void
}

/**
 * The `@libp2p/mdns` that makes peers of answers. It is never started: its one
 * socket hears and asks only where the system's routes lead, and bounds nothing.
 * What ours have heard is handed to it, one instance at a time, for it takes the
 * last pointer of a packet for the only one.
 */
export class AnswerReader {
  readonly #mdns: MulticastDns
  readonly #tag: string

  /** @throws {TypeError} when this release of `@libp2p/mdns` takes no answers */
  constructor(
    mdns: MdnsFactory,
    components: { addressManager: AddressManager; logger: ComponentLogger },
    { tag, instance }: ServiceNames
  ) {
    const made = mdns({
      serviceTag: tag,
      peerName: instance.slice(0, instance.indexOf('.')),
      broadcast: false
    })(components)

    if (!takesAnswers(made)) {
      throw new TypeError('This release of @libp2p/mdns has no method for answers')
    }

    this.#mdns = made
    this.#tag = tag
  }

  /** The peer that an instance is; undefined when it is none, or this node itself. */
  read({ name, texts }: Instance): PeerInfo | undefined {
    let peer: PeerInfo | undefined
    const onPeer = ({ detail }: CustomEvent<PeerInfo>): void => {
      peer = detail
    }

    this.#mdns.addEventListener('peer', onPeer)

    try {
      this.#mdns[TAKE_ANSWER]({
        answers: [{ type: 'PTR', name: this.#tag, class: 'IN', data: name }],
        additionals: [{ type: 'TXT', name, class: 'IN', data: texts }]
      })
    } finally {
      this.#mdns.removeEventListener('peer', onPeer)
    }

    return peer
  }
}

function takesAnswers(mdns: PeerDiscovery): mdns is MulticastDns {
  return TAKE_ANSWER in mdns && typeof mdns[TAKE_ANSWER] === 'function'
}
