import { BlockList, isIP } from 'node:net'
import type { IpFamily, LanInterface, NetworkInterfaces, Sender } from './types.ts'
import type { NetworkInterfaceInfo } from 'node:os'

export interface InterfaceFilterInit {
  /** Names, in which * stands for any characters, or subnets. None means all interfaces. */
  include: string[]
  /** The same; what is excluded is not used even when it is included. */
  exclude: string[]
}

/** Whether an interface of a name, with its addresses, is used. */
export type InterfaceFilter = (name: string, addresses: string[]) => boolean

export function interfaceFilter({ include, exclude }: InterfaceFilterInit): InterfaceFilter {
  const included = include.length === 0 ? () => true : matcherOf(include)
  const excluded = matcherOf(exclude)

  return (name, addresses) => included(name, addresses) && !excluded(name, addresses)
}

/**
 * The interfaces that a question goes out on: each that is up, in each family
 * in which it has an address. Whether it takes multicast is seen when it is
 * used, for the flags of the system do not tell (Linux: loopback takes it).
 */
export function lanInterfaces(interfaces: NetworkInterfaces, filter: InterfaceFilter): LanInterface[] {
  return Object.entries(interfaces).flatMap(([name, infos = []]) => {
    const addresses = infos.map(({ address }) => address)

    return filter(name, addresses) ? [ipv4(name, infos), ipv6(name, infos)].filter((one) => one != null) : []
  })
}

/** The addresses of this machine, and the interface that has each. */
export function ownAddresses(interfaces: NetworkInterfaces): Map<string, string> {
  return new Map(
    Object.entries(interfaces).flatMap(([name, infos = []]) =>
      infos.map(({ address }): [string, string] => [address, name])
    )
  )
}

/** The interfaces on which a datagram of the sender can have arrived. */
export function arrivedOn(interfaces: LanInterface[], { address, zone }: Sender): LanInterface[] {
  const family = familyOf(address)
  const ofFamily = interfaces.filter((one) => one.family === family)

  return zone == null
    ? ofFamily.filter((one) => one.onLink(address))
    : ofFamily.filter(({ scope }) => scope.endsWith(`%${zone}`))
}

export function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

function ipv4(name: string, infos: NetworkInterfaceInfo[]): LanInterface | undefined {
  const own = infos.filter(({ family }) => family === 'IPv4')
  const [first] = own

  return first == null ? undefined : describe(name, 'ipv4', first.address, first.address, own)
}

/** Loopback has IPv4 on every machine, so that one family is enough there. */
function ipv6(name: string, infos: NetworkInterfaceInfo[]): LanInterface | undefined {
  const own = infos.filter(({ family, internal }) => family === 'IPv6' && !internal)
  const linkLocal = own.find(({ scopeid }) => (scopeid ?? 0) > 0)
  const first = linkLocal ?? own[0]

  if (first == null) {
    return undefined
  }

  const zone = process.platform === 'win32' ? String(first.scopeid) : name
  const address = linkLocal == null ? first.address : `${first.address}%${zone}`

  return { ...describe(name, 'ipv6', address, `::%${zone}`, own), linkLocal: linkLocal?.address }
}

function describe(
  name: string,
  family: IpFamily,
  address: string,
  scope: string,
  infos: NetworkInterfaceInfo[]
): LanInterface {
  const networks = new BlockList()

  for (const { address: own, cidr } of infos) {
    networks.addSubnet(own, prefixOf(cidr, family), family)
  }

  return {
    key: `${name} ${family}`,
    name,
    family,
    address,
    scope,
    internal: infos.every(({ internal }) => internal),
    onLink: (other) => networks.check(other, family)
  }
}

function prefixOf(cidr: string | null, family: IpFamily): number {
  return Number(cidr?.split('/')[1] ?? (family === 'ipv4' ? 32 : 128))
}

function matcherOf(patterns: string[]): InterfaceFilter {
  const isSubnet = (pattern: string): boolean => isIP(pattern.split('/')[0] ?? '') !== 0
  const names = patterns.filter((pattern) => !isSubnet(pattern)).map(globOf)
  const networks = new BlockList()

  for (const pattern of patterns.filter(isSubnet)) {
    const [address = '', prefix] = pattern.split('/')
    const family = familyOf(address)

    networks.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family)
  }

  return (name, addresses) =>
    names.some((glob) => glob.test(name)) ||
    addresses.some((address) => networks.check(address, familyOf(address)))
}

function globOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))

  return new RegExp(`^${parts.join('.*')}$`)
}
