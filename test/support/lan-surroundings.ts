/** What the machines of users have beside one interface on a LAN. All of it ends with `LanHost.renew` or the LAN. */
import { fileURLToPath } from 'node:url'
import { JsonProcess } from './json-process.ts'
import { shell } from './lan-host.ts'
import type { LanHost } from './lan-host.ts'

const PORT_HOLDER = fileURLToPath(new URL('port-holder.ts', import.meta.url))
const READY_MS = 20_000

/** The same on every machine, as Docker sets it up. */
export const CONTAINER_BRIDGE_IP = '172.17.0.1'

/**
 * A VPN that is up and takes all that is for no subnet of the host, as one that
 * routes all traffic does. It passes no multicast on, and no packet comes back.
 */
export async function routeThroughVpn(host: LanHost): Promise<void> {
  const { namespace, index } = host
  const outside = `port${index}.vpn`

  await shell(`
    ip link add ${outside} type veth peer name vpn0 netns ${namespace}
    ip link set ${outside} up
    ip -n ${namespace} link set vpn0 multicast off arp off up
    ip -n ${namespace} address add 10.8.0.${index}/24 dev vpn0
    ip -n ${namespace} -6 address add fd00:8::${index.toString(16)}/64 dev vpn0 nodad
    ip -n ${namespace} route add default dev vpn0
    ip -n ${namespace} -6 route add default dev vpn0
  `)
}

/**
 * A bridge such as `docker0`, with the address that it has on every machine.
 *
 * @param containers - whether one is running: without, the bridge has no carrier
 */
export async function addContainerBridge(host: LanHost, { containers = true } = {}): Promise<void> {
  const { namespace, index } = host
  const outside = `port${index}.docker`

  await shell(`
    ip -n ${namespace} link add docker0 type bridge
    ip -n ${namespace} address add ${CONTAINER_BRIDGE_IP}/16 dev docker0
    ip link add ${outside} type veth peer name container netns ${namespace}
    ip link set ${outside} up
    ip -n ${namespace} link set container master docker0 up
    ip -n ${namespace} link set docker0 up
    ${containers ? '' : `ip link delete ${outside}`}
  `)
}

/** For programs that leave it to the system on which interface they speak, such as `@libp2p/mdns` by itself. */
export async function routeMulticast(host: LanHost): Promise<void> {
  await host.run('ip', 'route', 'add', '224.0.0.0/4', 'dev', 'eth0')
}

/** Takes the host's IPv4 address away; that of loopback stays, as it does where a LAN has only IPv6. */
export async function leaveIPv6Only(host: LanHost): Promise<void> {
  await host.run('ip', '-4', 'address', 'flush', 'dev', 'eth0')
}

/** Leaves the host the address that every interface with IPv6 gives itself. */
export async function leaveLinkLocalOnly(host: LanHost): Promise<void> {
  await leaveIPv6Only(host)
  await host.run('ip', '-6', 'address', 'flush', 'dev', 'eth0', 'scope', 'global')
}

/** Takes the host's addresses away and gives it another, at once. */
export async function changeAddress(host: LanHost, ip: string): Promise<void> {
  await host.run('ip', 'address', 'flush', 'dev', 'eth0')
  await host.run('ip', 'address', 'add', `${ip}/24`, 'dev', 'eth0')
}

/** Has the host's own firewall refuse to send multicast, of which the sender learns. */
export async function refuseMulticast(host: LanHost): Promise<void> {
  await host.run(
    'nft',
    `add table inet refusal;
    add chain inet refusal out { type filter hook output priority 0; };
    add rule inet refusal out ip daddr 224.0.0.251 drop;
    add rule inet refusal out ip6 daddr ff02::fb drop`
  )
}

export async function refuseNoMulticast(host: LanHost): Promise<void> {
  await host.run('nft', 'delete', 'table', 'inet', 'refusal')
}

/** Runs a program that holds UDP port 5353, and does not share it, until it is stopped. */
export async function holdMdnsPort(host: LanHost): Promise<JsonProcess> {
  const holder = new JsonProcess(host.spawnNode([PORT_HOLDER, '5353']), 'the holder of port 5353')
  await holder.event('ready', READY_MS)

  return holder
}
