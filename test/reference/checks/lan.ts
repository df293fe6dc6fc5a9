import assert from 'node:assert/strict'
import { next, until } from '../../support/overlay-nodes.ts'
import { link } from '../federation.ts'
import type { lan } from '../../../scripts/reference/entries/lan.ts'
import type { Checks } from '../check.ts'

/** A beacon that starts announces the node at once and a second later. */
const BEACONS_AT_START = 2

export const lanChecks: Checks<typeof lan> = {
  startExternalConnectionService: async (federation) => {
    const { mdns } = federation.lan
    const announced = await federation.newcomer(federation.lan)
    const newcomer = await federation.newcomer({
      ...federation.lan,
      mdns: { ...mdns, beacon: false, externalConnectionService: false }
    })
    const found: string[] = []

    newcomer.overlay.addEventListener('peer:found', ({ detail }) => found.push(String(detail.peer)))
    await newcomer.overlay.startExternalConnectionService()
    await until('the member', () => found.includes(String(announced.peerId)))
    assert.equal(newcomer.overlay.beaconRunning, false)
  },

  stopExternalConnectionService: async (federation) => {
    const newcomer = await federation.newcomer({
      ...federation.lan,
      mdns: { ...federation.lan.mdns, beacon: false }
    })

    await newcomer.overlay.stopExternalConnectionService()

    const asking = await federation.newcomer(federation.lan)

    assert.deepEqual(await asking.overlay.findFederation(), [])
  },

  externalConnectionServiceRunning: async (federation) => {
    const newcomer = await federation.newcomer(federation.lan)

    assert.equal(newcomer.overlay.externalConnectionServiceRunning, true)
    await newcomer.overlay.stopExternalConnectionService()
    assert.equal(newcomer.overlay.externalConnectionServiceRunning, false)
    assert.equal(newcomer.overlay.beaconRunning, true)
  },

  startBeacon: async (federation) => {
    const { mdns } = federation.lan
    const hearing = await federation.newcomer(federation.lan)
    const announced = await federation.newcomer({
      ...federation.lan,
      mdns: { ...mdns, beacon: false, externalConnectionService: false }
    })
    const heard: string[] = []

    hearing.overlay.addEventListener('beacon', ({ detail }) => heard.push(String(detail.peer)))
    await announced.overlay.startBeacon()
    await until('the beacon', () => heard.includes(String(announced.peerId)))
  },

  stopBeacon: async (federation) => {
    const announced = await federation.newcomer(federation.lan)

    await announced.overlay.stopBeacon()
    assert.equal(announced.overlay.beaconRunning, false)

    // the external connection service answers who asks
    const asking = await federation.newcomer(federation.lan)

    assert.deepEqual((await asking.overlay.findFederation()).map(String), [String(announced.peerId)])
    await announced.overlay.stopExternalConnectionService()

    const late = await federation.newcomer(federation.lan)

    await asking.overlay.stopExternalConnectionService()
    await asking.overlay.stopBeacon()
    assert.deepEqual(await late.overlay.findFederation(), [])
  },

  beaconInterval: async (federation) => {
    const { mdns } = federation.lan
    const hearing = await federation.newcomer({ ...federation.lan, mdns: { ...mdns, beacon: false } })
    let heard = 0

    hearing.overlay.addEventListener('beacon', () => heard++)

    // nobody answers the questions of the one that hears
    const newcomer = await federation.newcomer({
      ...federation.lan,
      mdns: {
        ...mdns,
        externalConnectionService: false,
        interval: '1h',
        maxInterval: '1h',
        presenceTtl: '2h'
      }
    })

    assert.equal(newcomer.overlay.beaconInterval, 3_600_000)
    await newcomer.overlay.setBeaconInterval(100)
    assert.equal(newcomer.overlay.beaconInterval, 100)
    await until('more beacons than in an hour', () => heard > BEACONS_AT_START)
    await assert.rejects(newcomer.overlay.setBeaconInterval(1), { name: 'InvalidParametersError' })
  },

  joinFederation: async (federation) => {
    const { bob, erin } = federation
    const announced = await federation.newcomer(federation.lan)
    const newcomer = await federation.newcomer(federation.lan)
    const asked: string[] = []

    announced.overlay.addEventListener('message:discover:discover_join', ({ detail }) =>
      asked.push(String(detail.source))
    )
    await newcomer.overlay.findFederation()

    const { discoversSent, linksMade } = await newcomer.overlay.joinFederation()

    assert.deepEqual([discoversSent, linksMade.map(String)], [1, [String(announced.peerId)]])
    await until('the message', () => asked.includes(String(newcomer.peerId)))
    assert.equal(newcomer.overlay.link(announced.peerId)?.direct, false)

    const nodes = next(erin, 'message:discover:discover_nodes')

    await link(newcomer, bob)

    const { linksKept, leftOut } = await newcomer.overlay.joinFederation({
      type: 'discover_nodes',
      addrs: [...erin.addrs, ...bob.addrs, newcomer.peerId]
    })

    assert.ok((await nodes).source.equals(newcomer.peerId))
    assert.deepEqual(linksKept, [bob.peerId])
    assert.deepEqual(leftOut, [{ member: newcomer.peerId, reason: 'self' }])
  }
}
