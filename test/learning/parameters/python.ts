import { spawnSync } from 'node:child_process'

/** `TEST_PYTHON` is what `.ci/run` prepares. */
const COMMANDS = [process.env['TEST_PYTHON'], 'python3', '/usr/bin/python3'].filter(
  (command) => command != null
)

function found(imports: string): string | undefined {
  return COMMANDS.find((command) => spawnSync(command, ['-c', imports], { stdio: 'ignore' }).status === 0)
}

export const plainPython = found('import json, struct, array')
export const pythonWithSafetensors = found('from safetensors import TensorSpec, deserialize, serialize')

/** Runs a script with the file as its input. */
export function run(python: string, script: string, input: Uint8Array = new Uint8Array(0)): Buffer {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script], { input, maxBuffer: 2 ** 26 })

  if (status !== 0) {
    throw new Error(`Python failed: ${stderr.toString()}`)
  }

  return stdout
}
