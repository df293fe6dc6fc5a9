/**
 * Streams of these services come and go by themselves, whatever the connection
 * is for. The end of each protocol's id is left out, it is the version.
 */
const TRANSIENT_PROTOCOLS = ['/ipfs/id/', '/ipfs/ping/', '/libp2p/autonat/']

/** Whether a stream does not show that its connection is used. */
export function isTransient({ protocol }: { protocol: string }): boolean {
  return TRANSIENT_PROTOCOLS.some((prefix) => protocol.startsWith(prefix))
}
