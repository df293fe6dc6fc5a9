import { FAULT_GRACE_MS } from './constants.ts'
import type { LanState } from './lan/mdns-lan.ts'
import type { IpFamily } from './lan/types.ts'
import type { Warnings } from '../warnings/index.ts'
import type { Clock } from '../lib/clock.ts'

const FAMILIES: Record<IpFamily, string> = { ipv4: 'IPv4', ipv6: 'IPv6' }

/** Tells the user what keeps nodes on the LAN from finding each other, and when that is over. */
export class LanFaults {
  readonly #warnings: Pick<Warnings, 'raise' | 'end' | 'endAll'>
  readonly #clock: Pick<Clock, 'now'>
  readonly #port: number
  /** Since when each fault has been seen that may still go by itself. */
  readonly #since = new Map<string, number>()

  constructor(
    warnings: Pick<Warnings, 'raise' | 'end' | 'endAll'>,
    { clock, port }: { clock: Pick<Clock, 'now'>; port: number }
  ) {
    this.#warnings = warnings
    this.#clock = clock
    this.#port = port
  }

  check({ portErrors, reachesLan, failure, hasAddress }: LanState): void {
    for (const [family, name] of Object.entries(FAMILIES) as Array<[IpFamily, string]>) {
      this.#checkPort(name, portErrors.get(family))
    }

    // without the port nothing is known of the interfaces
    if (this.#lasts('no multicast', !reachesLan && portErrors.size === 0)) {
      this.#warnings.raise({
        code: 'mdns-no-multicast',
        message: `No network interface takes multicast, so that nodes on other machines are not found${failure == null ? '' : ` (${failure.message})`}. Connect this machine to the LAN, see that mdns.interfaces and mdns.excludeInterfaces leave an interface of it, or give the addresses of other nodes with --dial or --direct.`,
        error: failure
      })
    } else if (reachesLan) {
      this.#warnings.end('mdns-no-multicast')
    }

    if (this.#lasts('no address', !hasAddress)) {
      this.#warnings.raise({
        code: 'mdns-no-address',
        message:
          'This node has no address of a private network, so that nodes on the LAN do not find it. See that it listens on an address of the LAN (listen; /ip6/::/tcp/0 for link-local IPv6 addresses), or set mdns.addresses to "all" on all nodes where the LAN has public addresses.'
      })
    } else if (hasAddress) {
      this.#warnings.end('mdns-no-address')
    }
  }

  /** Multicast DNS is not used any more, so nothing is wrong with it. */
  clear(): void {
    this.#since.clear()
    this.#warnings.endAll('mdns-port-taken')
    this.#warnings.endAll('mdns-no-multicast')
    this.#warnings.endAll('mdns-no-address')
  }

  #checkPort(family: string, error?: Error): void {
    const { code } = (error ?? {}) as NodeJS.ErrnoException

    if (error == null) {
      this.#warnings.end('mdns-port-taken', family)
    } else if (code === 'EADDRINUSE' || code === 'EACCES') {
      this.#warnings.raise({
        code: 'mdns-port-taken',
        subject: family,
        message: `UDP port ${this.#port} cannot be had for ${family}, so that the LAN is not asked over it (${code}). ${
          code === 'EADDRINUSE'
            ? 'Another program holds the port and does not share it: stop that program'
            : 'The system does not permit it'
        }, or set mdns.port to another port on all nodes.`,
        error
      })
    }
  }

  /** Whether it has been so for longer than a start or a change of network takes. */
  #lasts(fault: string, isSo: boolean): boolean {
    if (!isSo) {
      this.#since.delete(fault)

      return false
    }

    const since = this.#since.get(fault) ?? this.#clock.now()
    this.#since.set(fault, since)

    return this.#clock.now() - since >= FAULT_GRACE_MS
  }
}
