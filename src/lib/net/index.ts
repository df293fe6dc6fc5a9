/** Hosts, peers and networks of addresses. */
export { ipOf, networkOf, peerOf } from './addresses.ts'
export { hostOf, hostOrNetworkOf, subnetOf } from './hosts.ts'
export { isDialledByIp } from './dialled-by-ip.ts'
export { ipKindOf } from './ip-kind.ts'
export { blockListOf, contains, listed, looksLikeSubnet, parseSubnet } from './subnet.ts'
export type { IpAddress } from './addresses.ts'
export type { IpKind } from './ip-kind.ts'
export type { Subnet } from './subnet.ts'
