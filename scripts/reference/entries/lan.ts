import type { ReferenceSection } from '../types.ts'

export const lan = {
  title: 'The LAN',
  entries: {
    startExternalConnectionService: {
      members: ['start_external_connection_service', 'init_external_connection_service'],
      here: ['overlay.startBeacon()', 'key mdns.enabled'],
      difference: 'Multicast DNS. Starts with the node, unless `mdns.enabled` is false.'
    },
    stopExternalConnectionService: {
      members: ['stop_external_connection_service'],
      here: ['overlay.stopBeacon()'],
      difference: 'One service looks for others and announces this node.'
    },
    externalConnectionServiceRunning: {
      members: ['is_external_connection_service_running'],
      here: ['overlay.beaconRunning'],
      difference: 'A property.'
    },
    startBeacon: {
      members: ['start_beacon'],
      here: ['overlay.startBeacon()', 'event beacon'],
      difference: 'The beacon is a multicast DNS record, which other programs read too.'
    },
    stopBeacon: {
      members: ['stop_beacon'],
      here: ['overlay.stopBeacon()', 'overlay.beaconRunning'],
      difference: 'Says goodbye on the LAN.'
    },
    beaconInterval: {
      members: ['modify_beacon_frequency'],
      here: ['overlay.setBeaconInterval()', 'overlay.beaconInterval'],
      difference:
        'Milliseconds, from 100 ms to 1 h. While nothing changes on the LAN the interval grows to `mdns.maxInterval`.'
    },
    joinFederation: {
      members: ['stablish_connection_to_federation'],
      here: ['overlay.joinFederation()', 'overlay.findFederation()', 'event message:discover:discover_join'],
      difference:
        'Links in parallel. Returns what was reached instead of what was tried: `discoversSent` and `linksMade`.'
    }
  }
} as const satisfies ReferenceSection
