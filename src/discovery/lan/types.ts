import type { NetworkInterfaceInfo } from 'node:os'

export type IpFamily = 'ipv4' | 'ipv6'

/** What this node does on the LAN. */
export interface LanModes {
  /** Asks who is there, and hears what others tell. */
  hear: boolean
  /** Answers the questions of others. Questions come in only with `hear`. */
  answer: boolean
  /** Announces itself unasked: at once, at an interval, and when its addresses change. */
  announce: boolean
}

/** One interface of this machine in one family of addresses. */
export interface LanInterface {
  /** Tells it from all others: `eth0 ipv4`. */
  key: string
  name: string
  family: IpFamily
  /** Its address from which multicasts are sent, with its zone where it needs one. */
  address: string
  /** What the system takes as the interface when it joins a group or sends to one. */
  scope: string
  /** Its link-local IPv6 address, where it is one of IPv6. */
  linkLocal?: string
  /** Loopback. */
  internal: boolean
  /** Whether an address belongs to one of its networks. */
  onLink(address: string): boolean
}

export type NetworkInterfaces = Record<string, NetworkInterfaceInfo[] | undefined>

/** Where a datagram came from. */
export interface Sender {
  /** Without a zone. */
  address: string
  /** The zone of a link-local IPv6 address: the interface on which the datagram arrived. */
  zone?: string
  port: number
}

export interface DatagramHandlers {
  onMessage(bytes: Uint8Array, from: Sender): void
  onError(err: Error): void
}

/** A socket that hears what is sent to a port on any address of this machine, and to the groups it has joined. */
export interface Receiver {
  /** Harmless when it has joined already. */
  join(group: string, scope: string): void
  leave(group: string, scope: string): void
  close(): Promise<void>
}

/** A socket that sends on one interface. */
export interface Transmitter {
  join(group: string): void
  send(bytes: Uint8Array, port: number, address: string): Promise<void>
  close(): Promise<void>
}

/** The system's sockets and interfaces; tests have others. */
export interface Datagrams {
  interfaces(): NetworkInterfaces
  receive(family: IpFamily, port: number, handlers: DatagramHandlers): Promise<Receiver>
  transmit(lanInterface: LanInterface, port: number, handlers: DatagramHandlers): Promise<Transmitter>
}
