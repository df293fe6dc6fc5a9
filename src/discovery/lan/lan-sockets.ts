import { ipKindOf } from '../../lib/net/index.ts'
import { MAX_INTERFACES } from '../constants.ts'
import { arrivedOn, familyOf, lanInterfaces, ownAddresses } from './interfaces.ts'
import { toError } from '../../lib/to-error.ts'
import type { InterfaceFilter } from './interfaces.ts'
import type {
  DatagramHandlers,
  Datagrams,
  IpFamily,
  LanInterface,
  NetworkInterfaces,
  Receiver,
  Sender,
  Transmitter
} from './types.ts'
import type { Logger } from '@libp2p/interface'

export interface Arrival {
  from: Sender
  /** Where it can have arrived; where the answer goes. */
  interfaces: LanInterface[]
  /** Sent by this machine. */
  own: boolean
  /** Sent from an address of the network that it arrived on. */
  onLink: boolean
}

export interface LanSocketsInit {
  datagrams: Datagrams
  port: number
  /** Multicast groups. */
  groups: Record<IpFamily, string>
  filter: InterfaceFilter
  onDatagram(bytes: Uint8Array, arrival: Arrival): void
  log: Logger
}

interface OpenInterface {
  lanInterface: LanInterface
  transmitter: Transmitter
}

const FAMILIES: IpFamily[] = ['ipv4', 'ipv6']

/**
 * The sockets of multicast DNS: for each family one that hears the group on
 * all interfaces, and for each interface one that sends on it, so that no route
 * of the system decides. All have the port of multicast DNS, or others would
 * not take what they send for questions of a responder.
 */
export class LanSockets {
  readonly #datagrams: Datagrams
  readonly #port: number
  readonly #groups: Record<IpFamily, string>
  readonly #filter: InterfaceFilter
  readonly #onDatagram: LanSocketsInit['onDatagram']
  readonly #log: Logger
  readonly #receivers = new Map<IpFamily, Receiver>()
  readonly #open = new Map<string, OpenInterface>()
  /** Why an interface cannot be used, until something was sent on it. */
  readonly #failures = new Map<string, Error>()
  readonly #portErrors = new Map<IpFamily, Error>()
  #owners = new Map<string, string>()
  #wanted: LanInterface[] = []

  constructor({ datagrams, port, groups, filter, onDatagram, log }: LanSocketsInit) {
    this.#datagrams = datagrams
    this.#port = port
    this.#groups = groups
    this.#filter = filter
    this.#onDatagram = onDatagram
    this.#log = log
  }

  /** Those that can be sent on. */
  get interfaces(): LanInterface[] {
    return [...this.#open.values()].map(({ lanInterface }) => lanInterface)
  }

  /** The addresses of this machine, and the interface that has each. */
  get owners(): Map<string, string> {
    return this.#owners
  }

  /** Whether other machines can be asked, as far as is known. */
  get reachesLan(): boolean {
    return this.interfaces.some(({ key, internal }) => !internal && !this.#failures.has(key))
  }

  /** Why the port cannot be had, per family. */
  get portErrors(): ReadonlyMap<IpFamily, Error> {
    return this.#portErrors
  }

  /** What an interface failed with that is not used for it. */
  get failure(): Error | undefined {
    return this.#failures.values().next().value
  }

  /** Whether nothing could be sent on the interface the last time. */
  hasFailed({ key }: LanInterface): boolean {
    return this.#failures.has(key)
  }

  /** Follows the interfaces of the system. Resolves to those that can be sent on now and could not before. */
  async refresh(): Promise<LanInterface[]> {
    const interfaces = this.#look()

    if (interfaces != null) {
      this.#owners = ownAddresses(interfaces)
      this.#wanted = lanInterfaces(interfaces, this.#filter).slice(0, MAX_INTERFACES)
    }

    await this.#closeUnwanted()

    for (const family of FAMILIES) {
      await this.#followFamily(family)
    }

    const opened: LanInterface[] = []

    for (const wanted of this.#wanted) {
      if (await this.#follow(wanted)) {
        opened.push(wanted)
      }
    }

    return opened
  }

  /** Sends to the group. Where that fails the interface is opened anew with the next `refresh`. */
  async multicast({ key, family }: LanInterface, bytes: Uint8Array): Promise<void> {
    await this.#send(key, bytes, this.#port, this.#groups[family])
  }

  async reply({ key }: LanInterface, bytes: Uint8Array, { address, zone, port }: Sender): Promise<void> {
    await this.#send(key, bytes, port, zone == null ? address : `${address}%${zone}`)
  }

  async close(): Promise<void> {
    this.#wanted = []
    await this.#closeUnwanted()
    await Promise.all(FAMILIES.map(async (family) => await this.#closeReceiver(family)))
    this.#failures.clear()
    this.#portErrors.clear()
  }

  #look(): NetworkInterfaces | undefined {
    try {
      return this.#datagrams.interfaces()
    } catch (err) {
      // as with no file descriptor left
      this.#log.error('the system does not tell its interfaces - %e', err)

      return undefined
    }
  }

  async #closeUnwanted(): Promise<void> {
    const wanted = new Map(this.#wanted.map((one) => [one.key, one]))

    for (const key of this.#failures.keys()) {
      if (!wanted.has(key)) {
        this.#failures.delete(key)
      }
    }

    for (const [key, { lanInterface }] of this.#open) {
      if (wanted.get(key)?.address !== lanInterface.address) {
        await this.#closeInterface(key)
      }
    }
  }

  async #followFamily(family: IpFamily): Promise<void> {
    if (!this.#wanted.some((one) => one.family === family)) {
      await this.#closeReceiver(family)
      this.#portErrors.delete(family)
    } else if (!this.#receivers.has(family)) {
      try {
        const receiver = await this.#datagrams.receive(
          family,
          this.#port,
          this.#handlers(async () => await this.#closeReceiver(family))
        )
        this.#receivers.set(family, receiver)
        this.#portErrors.delete(family)
      } catch (err) {
        this.#portErrors.set(family, toError(err))
        this.#log('%s: port %d cannot be had - %e', family, this.#port, err)
      }
    }
  }

  /** Whether the interface can be sent on now and could not before. */
  async #follow(wanted: LanInterface): Promise<boolean> {
    const receiver = this.#receivers.get(wanted.family)

    if (receiver == null) {
      await this.#closeInterface(wanted.key)

      return false
    }

    try {
      const isNew = await this.#openInterface(wanted)
      this.#join(receiver, wanted)

      return isNew
    } catch (err) {
      this.#onFailure(wanted.key, err)
      await this.#closeInterface(wanted.key)

      return false
    }
  }

  async #openInterface(wanted: LanInterface): Promise<boolean> {
    const open = this.#open.get(wanted.key)

    if (open != null) {
      // its networks may be others
      open.lanInterface = wanted

      return false
    }

    const transmitter = await this.#datagrams.transmit(
      wanted,
      this.#port,
      this.#handlers(async () => await this.#closeInterface(wanted.key))
    )
    this.#open.set(wanted.key, { lanInterface: wanted, transmitter })
    this.#log('%s is asked', wanted.key)

    return true
  }

  /** Joins again each time: an interface that has gone and come has left the group. */
  #join(receiver: Receiver, { key, family, scope }: LanInterface): void {
    const group = this.#groups[family]

    try {
      receiver.join(group, scope)
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'ENOBUFS') {
        throw err
      }

      // Linux: 20 groups a socket, but each socket hears the groups of all
      this.#open.get(key)?.transmitter.join(group)
    }
  }

  async #send(key: string, bytes: Uint8Array, port: number, address: string): Promise<void> {
    const open = this.#open.get(key)

    if (open == null) {
      return
    }

    try {
      await open.transmitter.send(bytes, port, address)
      this.#failures.delete(key)
    } catch (err) {
      if (this.#open.get(key) === open) {
        this.#onFailure(key, err)
        await this.#closeInterface(key)
      }
    }
  }

  #handlers(close: () => Promise<void>): DatagramHandlers {
    return {
      onMessage: (bytes, from) => this.#onMessage(bytes, from),
      onError: (err) => void this.#closeBroken(err, close)
    }
  }

  /** It is opened anew with the next `refresh`. */
  async #closeBroken(err: Error, close: () => Promise<void>): Promise<void> {
    this.#log.error('a socket has failed - %e', err)

    try {
      await close()
    } catch (error) {
      this.#log.error('a socket cannot be closed - %e', error)
    }
  }

  #onMessage(bytes: Uint8Array, from: Sender): void {
    const kind = ipKindOf(from.address)
    const own = this.#owners.has(from.address) || kind === 'loopback'
    const all = this.interfaces
    const near = arrivedOn(all, from)
    // a node of this machine may listen on loopback only, and asks on the LAN
    const loopback = own ? all.filter(({ internal }) => internal) : []
    const interfaces = [...new Set([...near, ...loopback])]

    if (interfaces.length > 0) {
      this.#onDatagram(bytes, { from, interfaces, own, onLink: true })
    } else if (kind !== 'other' && kind !== 'none') {
      // another network on the same wire, or an interface that has no network but its own address
      const ofFamily = all.filter(({ family, internal }) => family === familyOf(from.address) && !internal)
      this.#onDatagram(bytes, { from, interfaces: ofFamily, own, onLink: false })
    }
  }

  #onFailure(key: string, err: unknown): void {
    if (!this.#failures.has(key)) {
      this.#log('%s cannot be used - %e', key, err)
    }

    this.#failures.set(key, toError(err))
  }

  async #closeInterface(key: string): Promise<void> {
    const open = this.#open.get(key)

    if (open == null) {
      return
    }

    const { family, scope } = open.lanInterface

    this.#open.delete(key)

    try {
      this.#receivers.get(family)?.leave(this.#groups[family], scope)
    } catch {
      // it has left with the interface
    }

    await open.transmitter.close()
  }

  async #closeReceiver(family: IpFamily): Promise<void> {
    const receiver = this.#receivers.get(family)

    this.#receivers.delete(family)
    await receiver?.close()
  }
}
