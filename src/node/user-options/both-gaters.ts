import type { ConnectionGater } from '@libp2p/interface'

type Denial = Exclude<keyof ConnectionGater, 'filterMultiaddrForPeer'>

/** All at which libp2p asks whether to deny; the type makes sure that none is left out. */
const DENIALS = {
  denyDialPeer: true,
  denyDialMultiaddr: true,
  denyInboundConnection: true,
  denyOutboundConnection: true,
  denyInboundEncryptedConnection: true,
  denyOutboundEncryptedConnection: true,
  denyInboundUpgradedConnection: true,
  denyOutboundUpgradedConnection: true,
  denyInboundRelayReservation: true,
  denyOutboundRelayedConnection: true,
  denyInboundRelayedConnection: true
} satisfies Record<Denial, true>

/** The methods of a gater. */
export const GATER_METHODS = { ...DENIALS, filterMultiaddrForPeer: true }

/** Denies what either of the two denies; the first is asked first. */
export function bothGaters(first: ConnectionGater, second: ConnectionGater): ConnectionGater {
  const denials = (Object.keys(DENIALS) as Denial[]).map((name) => [
    name,
    async (...args: unknown[]) => (await denies(first, name, args)) || (await denies(second, name, args))
  ])

  return {
    ...(Object.fromEntries(denials) as Pick<ConnectionGater, Denial>),
    filterMultiaddrForPeer: async (peer, addr) => {
      for (const gater of [first, second]) {
        // as libp2p reads the answer
        if (gater.filterMultiaddrForPeer != null && !(await gater.filterMultiaddrForPeer(peer, addr))) {
          return false
        }
      }

      return true
    }
  }
}

/** Called on the gater itself, which may be an object of a class. Whatever is not false, or nothing, denies. */
async function denies(gater: ConnectionGater, name: Denial, args: unknown[]): Promise<boolean> {
  const deny = gater[name] as ((...args: unknown[]) => unknown) | undefined

  return Boolean(await deny?.apply(gater, args))
}
