import type { ReferenceSection } from '../types.ts'

export const controller = {
  title: 'Controller',
  entries: {
    register: {
      members: ['register', 'register_endpoint'],
      here: [
        'overlay.register()',
        'key controller.url',
        'key controller.scenario',
        'event controller:registered'
      ],
      difference:
        'Sends `host:port` of the first address that others can dial, or `controller.node`. The scenario is the federation unless the key says otherwise. Rejects where the reference logs an error; `retry` tries again until the controller answers. `nebula start` registers where a controller is configured.'
    },
    waitForController: {
      members: ['wait_for_controller', 'wait_endpoint'],
      here: ['overlay.waitForController()', 'key controller.pollInterval', 'event controller:continue'],
      difference:
        'Asks each second, as the reference. Waits for a controller that cannot be reached, and rejects when the node stops. `nebula start` waits where a controller is configured.'
    }
  }
} as const satisfies ReferenceSection
