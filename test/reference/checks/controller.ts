import assert from 'node:assert/strict'
import { ReferenceController } from '../../controller/reference-controller.ts'
import { until } from '../../support/overlay-nodes.ts'
import type { controller } from '../../../scripts/reference/entries/controller.ts'
import type { Checks } from '../check.ts'

export const controllerChecks: Checks<typeof controller> = {
  register: async (federation) => {
    const server = await ReferenceController.listen(2)

    try {
      const newcomer = await federation.newcomer({
        controller: { url: server.address, scenario: 'digits' }
      })
      let raised = 0

      newcomer.overlay.addEventListener('controller:registered', () => raised++)
      await newcomer.overlay.register()

      const [, , host, , port] = String(newcomer.addrs[0]).split('/')

      assert.deepEqual([...(server.registered.get('digits') ?? [])], [`${host}:${port}`])
      assert.equal(raised, 1)
    } finally {
      await server.close()
    }
  },

  waitForController: async (federation) => {
    const server = await ReferenceController.listen(2)

    try {
      const config = { controller: { url: server.address, pollInterval: '20ms' } } as const
      const [first, second] = [await federation.newcomer(config), await federation.newcomer(config)]
      let raised = 0
      let over = false

      first.overlay.addEventListener('controller:continue', () => raised++)
      await first.overlay.register()

      const waiting = first.overlay.waitForController().then(() => {
        over = true
      })

      await until('it has asked twice', () => server.asked >= 2)
      assert.equal(over, false)
      await second.overlay.register()
      await waiting
      assert.equal(raised, 1)
    } finally {
      await server.close()
    }
  }
}
