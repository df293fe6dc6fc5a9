import type { ReferenceSection } from '../types.ts'

export const lan = {
  title: 'The LAN',
  entries: {
    startExternalConnectionService: {
      members: ['start_external_connection_service', 'init_external_connection_service'],
      here: ['overlay.startExternalConnectionService()', 'key mdns.externalConnectionService'],
      difference:
        'Multicast DNS. Starts with the node, unless `mdns.externalConnectionService` is false. It also asks at an interval, not only when the application searches.'
    },
    stopExternalConnectionService: {
      members: ['stop_external_connection_service'],
      here: ['overlay.stopExternalConnectionService()'],
      difference: 'The beacon continues, where it runs.'
    },
    externalConnectionServiceRunning: {
      members: ['is_external_connection_service_running'],
      here: ['overlay.externalConnectionServiceRunning'],
      difference: 'A property.'
    },
    startBeacon: {
      members: ['start_beacon'],
      here: ['overlay.startBeacon()', 'key mdns.beacon', 'event beacon'],
      difference: 'The beacon is a multicast DNS record, which other programs read too.'
    },
    stopBeacon: {
      members: ['stop_beacon'],
      here: ['overlay.stopBeacon()', 'overlay.beaconRunning'],
      difference: 'Says goodbye on the LAN, unless the external connection service still answers who asks.'
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
        'Links in parallel. Returns what was reached instead of what was tried: `discoversSent`, `linksMade`, `linksKept` for members that had a link, and `leftOut`, with the reason for each.'
    }
  }
} as const satisfies ReferenceSection
