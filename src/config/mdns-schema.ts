/** The keys of discovery on the LAN. */
import { isIPv6 } from 'node:net'
import { z } from 'zod'
import {
  BEACON_INTERVAL_MS,
  EXCLUDED_INTERFACES,
  FIND_TIMEOUT_MS,
  LONGEST_BEACON_INTERVAL_MS,
  MAX_ADDRS_PER_PEER,
  MAX_BEACON_INTERVAL_MS,
  MAX_PRESENT_PEERS,
  MDNS_IP4,
  MDNS_IP6,
  MDNS_PORT,
  NEW_PEERS_PER_SECOND,
  PRESENCE_TTL_MS,
  SHORTEST_BEACON_INTERVAL_MS
} from '../discovery/constants.ts'
import { choice, count, duration, flag, networkInterfaces, text } from './fields.ts'

const MULTICAST_IP4 = /^2(?:2[4-9]|3\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/

const MULTICAST_IP6 = /^ff[0-9a-f]{2}:/i

export const mdnsSchema = z
  .strictObject({
    enabled: flag()
      .default(true)
      .describe('Whether to announce this node on the LAN and to look for others from the start.'),
    beacon: flag()
      .default(true)
      .describe('Whether the beacon starts with the node: it announces this node, and does nothing else.'),
    externalConnectionService: flag()
      .default(true)
      .describe(
        'Whether the external connection service starts with the node: it asks for others, hears their beacons and answers, and answers who asks.'
      ),
    interval: duration({ min: SHORTEST_BEACON_INTERVAL_MS, max: LONGEST_BEACON_INTERVAL_MS })
      .default(BEACON_INTERVAL_MS)
      .describe('Time between two announcements of the beacon, and between two questions to the LAN.'),
    maxInterval: duration({ min: SHORTEST_BEACON_INTERVAL_MS, max: LONGEST_BEACON_INTERVAL_MS })
      .default(MAX_BEACON_INTERVAL_MS)
      .describe('What the time between two announcements, or questions, grows to while nothing changes.'),
    port: count({ min: 1, max: 65_535 })
      .default(MDNS_PORT)
      .describe('UDP port of the questions and answers.'),
    ip: text('IPv4 address', 'an IPv4 multicast address, 224.0.0.0 to 239.255.255.255', (value) =>
      MULTICAST_IP4.test(value)
    )
      .default(MDNS_IP4)
      .describe('IPv4 multicast group of the questions and answers.'),
    ip6: text(
      'IPv6 address',
      'an IPv6 multicast address, such as ff02::fb',
      (value) => MULTICAST_IP6.test(value) && isIPv6(value)
    )
      .default(MDNS_IP6)
      .describe('IPv6 multicast group of the questions and answers.'),
    interfaces: networkInterfaces()
      .default([])
      .describe(
        'Network interfaces to ask and answer on, by name, in which * stands for any characters, or by subnet, such as eth0, en* or 192.168.0.0/16; none means all.'
      ),
    excludeInterfaces: networkInterfaces()
      .default(EXCLUDED_INTERFACES)
      .describe('Network interfaces not to ask and answer on, given in the same way.'),
    presenceTtl: duration()
      .default(PRESENCE_TTL_MS)
      .describe('How long a peer counts as present after its last announcement.'),
    maxPeers: count()
      .default(MAX_PRESENT_PEERS)
      .describe('Peers remembered as present; the one unseen the longest makes room.'),
    newPeersPerSecond: count()
      .default(NEW_PEERS_PER_SECOND)
      .describe('Peers not known that are believed in a second, after the first 1,000.'),
    addresses: choice(['private', 'all'])
      .default('private')
      .describe(
        'Which IP addresses are announced, and believed when others announce them: those of private networks and this machine, or all. Addresses with a DNS name never are.'
      ),
    maxAddrsPerPeer: count().default(MAX_ADDRS_PER_PEER).describe('Multiaddrs kept of one announced peer.'),
    findTimeout: duration()
      .default(FIND_TIMEOUT_MS)
      .describe('How long a search for the federation waits for answers when it has to ask.')
  })
  .prefault({})
  .describe('Discovery on the LAN by multicast DNS.')
