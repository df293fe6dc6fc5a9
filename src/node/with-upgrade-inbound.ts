import type { Upgrader } from '@libp2p/interface'

/** The upgrader with another way to secure an inbound connection. */
export function withUpgradeInbound(upgrader: Upgrader, upgradeInbound: Upgrader['upgradeInbound']): Upgrader {
  return {
    upgradeInbound,
    upgradeOutbound: upgrader.upgradeOutbound.bind(upgrader),
    createInboundAbortSignal: upgrader.createInboundAbortSignal.bind(upgrader),
    getConnectionEncrypters: upgrader.getConnectionEncrypters.bind(upgrader),
    getStreamMuxers: upgrader.getStreamMuxers.bind(upgrader)
  }
}
