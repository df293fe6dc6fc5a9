import { generateKeyPair } from '@libp2p/crypto/keys'
import { createOverlayNode, withNodes } from '../../support/overlay-nodes.ts'
import { chain, createHiddenNode, createProxy } from './nodes.ts'
import { RawProxy } from './raw-proxy.ts'
import type { NebulaInit } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

/** A node that waits as long as the proxy, by the same clock, a proxy with these options and, linked with it, a peer by hand. */
export async function facing(
  init: NebulaInit,
  run: (a: OverlayNode, proxy: OverlayNode, raw: RawProxy) => Promise<void>
): Promise<void> {
  const raw = await RawProxy.create(await generateKeyPair('Ed25519'))

  await withNodes(
    [
      createHiddenNode({ clock: init.clock, proxying: { timeout: init.proxying?.timeout } }),
      createProxy(init),
      Promise.resolve(raw.node)
    ],
    async (a: OverlayNode, proxy: OverlayNode, _raw: Libp2p) => {
      await chain(a, proxy)
      await raw.link(proxy)
      await run(a, proxy, raw)
    }
  )
}

/** A node and, linked with it, a proxy by hand. */
export async function facingOne(run: (a: OverlayNode, raw: RawProxy) => Promise<void>): Promise<void> {
  const raw = await RawProxy.create(await generateKeyPair('Ed25519'))

  await withNodes([createOverlayNode(), Promise.resolve(raw.node)], async (a: OverlayNode, _raw: Libp2p) => {
    await raw.link(a, { proxy: true })
    await run(a, raw)
  })
}

/** A node, a proxy with these options and a node that only the proxy has a link with. */
export async function line(
  init: NebulaInit,
  run: (a: OverlayNode, proxy: OverlayNode, b: OverlayNode) => Promise<void>
): Promise<void> {
  await withNodes([createHiddenNode(), createProxy(init), createHiddenNode()], async (a, proxy, b) => {
    await chain(a, proxy, b)
    await run(a, proxy, b)
  })
}

/** What `sendVia` rejects with. */
export function failsWith(status: string): { name: string; status: string } {
  return { name: 'ProxyError', status }
}
