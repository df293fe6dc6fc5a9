/**
 * Discovery: who of the federation is on the LAN (`federation-discovery.ts`
 * over `mdns-beacon.ts` and `presence.ts`), and linking with them
 * (`joiner.ts` by itself, `join-federation.ts` when asked).
 */
export { FederationDiscovery } from './federation-discovery.ts'
export { Joiner } from './joiner.ts'
export { RememberedNeighbours } from './remembered-neighbours.ts'
export { LocationTeller } from './location-teller.ts'
export { isOwn } from './own-address.ts'
export { MissingNeighboursError } from './errors.ts'
export { startCommunications } from './start-communications.ts'
export { joinFederation } from './join-federation.ts'
