import { SERVICE_TAG_PREFIX } from '../constants.ts'

/** The question for all services of a LAN (RFC 6763, section 9). */
export const ALL_SERVICES = '_services._dns-sd._udp.local'

/** The DNS names under which a node is found. They are compared byte for byte, as the names of federations are. */
export interface ServiceNames {
  /** `_nebula-lab._udp.local` */
  tag: string
  /** One node of it: a label made up at its start, and the tag. */
  instance: string
  /** The host of the instance's SRV record. */
  host: string
}

export function serviceNames(federation: string, label: string): ServiceNames {
  const tag = `${SERVICE_TAG_PREFIX}${federation}._udp.local`

  return { tag, instance: `${label}.${tag}`, host: `${label}.local` }
}
