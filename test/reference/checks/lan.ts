import assert from 'node:assert/strict'
import { next, until } from '../../support/overlay-nodes.ts'
import { link } from '../federation.ts'
import type { lan } from '../../../scripts/reference/entries/lan.ts'
import type { Checks } from '../check.ts'

export const lanChecks: Checks<typeof lan> = {
  startExternalConnectionService: async (federation) => {
    const newcomer = await federation.newcomer(federation.lan)
    const other = await federation.newcomer({
      ...federation.lan,
      mdns: { ...federation.lan.mdns, enabled: false }
    })

    assert.equal(newcomer.overlay.beaconRunning, true)
    assert.equal(other.overlay.beaconRunning, false)
    await other.overlay.startBeacon()
    assert.deepEqual((await newcomer.overlay.findFederation()).map(String), [String(other.peerId)])
  },

  stopExternalConnectionService: async (federation) => {
    const newcomer = await federation.newcomer(federation.lan)

    await newcomer.overlay.stopBeacon()
    assert.equal(newcomer.overlay.beaconRunning, false)
  },

  externalConnectionServiceRunning: async (federation) => {
    const newcomer = await federation.newcomer(federation.lan)

    assert.equal(newcomer.overlay.beaconRunning, true)
    await newcomer.overlay.stopBeacon()
    assert.equal(newcomer.overlay.beaconRunning, false)
  },

  startBeacon: async (federation) => {
    const hearing = await federation.newcomer(federation.lan)
    const announced = await federation.newcomer({
      ...federation.lan,
      mdns: { ...federation.lan.mdns, enabled: false }
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

    const asking = await federation.newcomer(federation.lan)

    assert.deepEqual(await asking.overlay.findFederation(), [])
  },

  beaconInterval: async (federation) => {
    const newcomer = await federation.newcomer(federation.lan)

    assert.equal(newcomer.overlay.beaconInterval, 500)
    await newcomer.overlay.setBeaconInterval(2_000)
    assert.equal(newcomer.overlay.beaconInterval, 2_000)
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
    await newcomer.overlay.joinFederation({ type: 'discover_nodes', addrs: erin.addrs })
    assert.ok((await nodes).source.equals(newcomer.peerId))
  }
}
