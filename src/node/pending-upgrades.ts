import { AbortError } from '@libp2p/interface'
import { anySignal } from 'any-signal'
import { hostOrNetworkOf } from '../lib/net/index.ts'
import { firstOfBusiestHost } from './busiest-host.ts'
import { withUpgradeInbound } from './with-upgrade-inbound.ts'
import type { MultiaddrConnection, Transport, Upgrader, UpgraderOptions } from '@libp2p/interface'

interface Pending {
  host: string
  controller: AbortController
}

/**
 * The inbound connections that are being secured, over all listeners.
 *
 * libp2p refuses the newest at its own bound, so that a few hosts that leave
 * their connections half open keep everybody out. Here, beyond the bound, the
 * oldest of the host that has the most is given up.
 */
export class PendingUpgrades {
  readonly #max: number
  /** The oldest first. */
  readonly #pending = new Set<Pending>()

  /** @param max - connections that are being secured at the same time */
  constructor(max: number) {
    this.#max = max
  }

  /** The transport, with its inbound connections bounded here. */
  bound<C>(create: (components: C) => Transport): (components: C) => Transport {
    return (components) => {
      const transport = create(components)
      const createListener = transport.createListener.bind(transport)

      return Object.assign(transport, {
        createListener: (options: Parameters<Transport['createListener']>[0]) =>
          createListener({ ...options, upgrader: this.#boundUpgrader(options.upgrader) })
      })
    }
  }

  #boundUpgrader(upgrader: Upgrader): Upgrader {
    return withUpgradeInbound(upgrader, async (maConn: MultiaddrConnection, options: UpgraderOptions) => {
      const pending = this.#add(maConn)
      const signal = anySignal([options.signal, pending.controller.signal])

      try {
        await upgrader.upgradeInbound(maConn, { ...options, signal })
      } finally {
        signal.clear()
        this.#pending.delete(pending)
      }
    })
  }

  #add({ remoteAddr }: MultiaddrConnection): Pending {
    const pending = { host: hostOrNetworkOf(remoteAddr), controller: new AbortController() }

    this.#pending.add(pending)

    if (this.#pending.size > this.#max) {
      this.#giveUpOne()
    }

    return pending
  }

  #giveUpOne(): void {
    const oldest = firstOfBusiestHost(this.#pending)

    if (oldest != null) {
      this.#pending.delete(oldest)
      oldest.controller.abort(new AbortError('Other connections came while this one was not secured'))
    }
  }
}
