/** The networks that users have: nodes find each other on all of them, with nothing configured. */
import assert from 'node:assert/strict'
import { OverlayProcess } from '../lan/overlay-process.ts'
import {
  CONTAINER_BRIDGE_IP,
  addContainerBridge,
  leaveIPv6Only,
  leaveLinkLocalOnly,
  routeThroughVpn
} from '../../support/lan-surroundings.ts'
import { untilAllLinked, untilLinked, withNodes } from './nodes.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { LanHost, Lan } from '../../support/lan.ts'

type Arrange = (host: LanHost) => Promise<unknown>

/** Hosts 1 and 2, each arranged by its function. */
function twoHosts(...arrange: [Arrange, Arrange]): Scenario['run'] {
  return async (lan) => {
    const hosts = [lan.host(1), lan.host(2)]

    await Promise.all(hosts.map(async (host, i) => await arrange[i]?.(host)))

    return await withNodes(lan, hosts, async (...nodes) => {
      const tookMs = await untilAllLinked(nodes)
      assertOnLan(nodes)

      return tookMs
    })
  }
}

/** Two nodes on one host that is on no network. */
function oneHost(arrange: Arrange): Scenario['run'] {
  return async (lan) => {
    const host = lan.host(1)

    await host.unplug()
    await arrange(host)

    return await withNodes(lan, [host, host], async (...nodes) => await untilAllLinked(nodes))
  }
}

/** No link may stand on an address that is another machine's too, or loopback's. */
function assertOnLan(nodes: OverlayProcess[]): void {
  for (const [i, node] of nodes.entries()) {
    const other = nodes[1 - i]
    assert.ok(other != null)
    const address = String(node.linkWith(other.peerId)?.address)

    assert.ok(!address.includes(CONTAINER_BRIDGE_IP) && !address.includes('127.0.0.1'), address)
  }
}

async function asNpmStarts(lan: Lan): Promise<number> {
  const nodes = await Promise.all(
    [lan.host(1), lan.host(2)].map(async (host) => await OverlayProcess.npmStart(lan, host))
  )

  return await untilAllLinked(nodes)
}

/** The first host is on both networks, the others on one each. */
async function twoInterfaces(lan: Lan): Promise<void> {
  const [both, second] = [lan.host(1), lan.host(3)]

  await both.plugIn(1)
  await second.unplug()
  await second.plugIn(1)
  await withNodes(lan, [both, lan.host(2), second], async (middle, ...others) => {
    assert.ok(middle != null)

    for (const other of others) {
      await untilLinked(middle, other)
    }
  })
}

const nothing: Arrange = async () => {}

export const linkScenarios: Scenario[] = [
  { name: 'link: two hosts with no route but to their own subnet, by npm start', run: asNpmStarts },
  { name: 'link: two hosts with no route but to their own subnet', run: twoHosts(nothing, nothing) },
  { name: 'link where a VPN holds the default route of one', run: twoHosts(routeThroughVpn, nothing) },
  {
    name: 'link where VPNs hold the default routes of both',
    run: twoHosts(routeThroughVpn, routeThroughVpn)
  },
  {
    name: 'link where both have a bridge for containers, with the same address',
    run: twoHosts(addContainerBridge, addContainerBridge)
  },
  { name: 'link where there is only IPv6', run: twoHosts(leaveIPv6Only, leaveIPv6Only) },
  {
    name: 'link where there are only link-local IPv6 addresses',
    run: twoHosts(leaveLinkLocalOnly, leaveLinkLocalOnly)
  },
  {
    name: 'link where one of them has an IPv4 address, too',
    run: twoHosts(leaveLinkLocalOnly, nothing)
  },
  { name: 'link on both interfaces of a host, with another host on each', run: twoInterfaces },
  { name: 'link on one offline host that has only loopback', run: oneHost(nothing) },
  {
    name: 'link on one offline host with loopback, and a bridge without containers',
    run: oneHost(async (host) => await addContainerBridge(host, { containers: false }))
  },
  {
    name: 'link on one offline host with loopback, and a bridge with a container',
    run: oneHost(addContainerBridge)
  }
]
