import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ReferenceController } from '../controller/reference-controller.ts'
import { Workshop } from './support/process.ts'

describe('nebula start with a controller', () => {
  it('registers as host:port under the federation, and waits until all nodes are there', async () => {
    const controller = await ReferenceController.listen(2)
    const workshop = await Workshop.open()
    const env = { NEBULA_CONTROLLER_URL: controller.address, NEBULA_CONTROLLER_POLL_INTERVAL: '50' }

    try {
      const first = await workshop.start('first', ['--federation', 'lab'], env)

      await first.event('controller:registered')
      assert.deepEqual(
        first.lines.filter(({ event }) => event === 'controller:continue'),
        []
      )

      const second = await workshop.start('second', ['--federation', 'lab'], env)

      await Promise.all([first.event('controller:continue'), second.event('controller:continue')])

      const [, host, , port] = first.address.split('/').slice(1)

      assert.ok(controller.registered.get('lab')?.has(`${host}:${port}`))
      assert.equal(controller.registered.get('lab')?.size, 2)
      await Promise.all([first.stop(), second.stop()])
    } finally {
      await workshop.end()
      await controller.close()
    }
  })

  it('runs while the controller is not there, tells it, registers when it comes, and stops while it waits', async () => {
    const closed = await ReferenceController.listen(1)
    const { address, port } = closed
    const workshop = await Workshop.open()

    await closed.close()

    try {
      const node = await workshop.start('node', [], {
        NEBULA_CONTROLLER_URL: address,
        NEBULA_CONTROLLER_NODE: 'node 7',
        NEBULA_CONTROLLER_SCENARIO: 'digits',
        NEBULA_CONTROLLER_POLL_INTERVAL: '50'
      })

      await node.event('warning', ({ code }) => code === 'controller-not-reached')

      const controller = await ReferenceController.listen(2, port)

      try {
        await node.event('controller:registered')
        await node.event('warning:end', ({ code }) => code === 'controller-not-reached')
        assert.deepEqual([...(controller.registered.get('digits') ?? [])], ['node 7'])

        const { code } = await node.stop()

        assert.equal(code, 0)
      } finally {
        await controller.close()
      }
    } finally {
      await workshop.end()
    }
  })
})
