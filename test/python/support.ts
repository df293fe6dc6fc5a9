import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resultOf } from '../cli/support/process.ts'
import type { Result } from '../cli/support/process.ts'
import type { TestContext } from 'node:test'

export const ROOT = join(import.meta.dirname, '../..')
const PROJECT = join(ROOT, 'python')

/** Longer than the tests of one module take. */
const DEADLINE_MS = 280_000

const SUITS = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'
const INSTALLED = 'import nebula_overlay'

/** `TEST_PYTHON` is what `.ci/run` prepares. */
const python = [process.env['TEST_PYTHON'], 'python3', '/usr/bin/python3']
  .filter((command) => command != null)
  .find((command) => succeeds(command, ['-c', SUITS]))

export const skip = python == null && 'needs Python 3.10 with venv (Debian: python3-venv)'

function succeeds(command: string, args: string[], env = process.env): boolean {
  return spawnSync(command, args, { stdio: 'ignore', env, cwd: tmpdir() }).status === 0
}

/** A Python that has the client, in a directory that has its tests and not its source. */
export class PythonClient {
  readonly dir = mkdtempSync(join(tmpdir(), 'nebula-python-'))
  /** How the client is there. */
  readonly how: string
  readonly #command: string
  readonly #env: NodeJS.ProcessEnv

  constructor() {
    const { env } = process

    symlinkSync(join(PROJECT, 'tests'), join(this.dir, 'tests'))
    this.#command = python ?? ''
    this.#env = {
      ...env,
      // the node that runs this, as the system's may be too old
      NEBULA_COMMAND: `'${process.execPath}' '${join(ROOT, 'src/cli/main.ts')}'`,
      NEBULA_MDNS_ENABLED: 'false',
      PYTHONDONTWRITEBYTECODE: '1'
    }

    if (succeeds(this.#command, ['-c', INSTALLED])) {
      this.how = 'installed'
    } else if (env['CI'] != null) {
      throw new Error('TEST_PYTHON has no nebula_overlay: .ci/run installs it')
    } else {
      const venv = join(this.dir, 'venv')
      const made = succeeds(this.#command, ['-m', 'venv', venv])
      const installed =
        made && succeeds(join(venv, 'bin/python'), ['-m', 'pip', 'install', '--no-index', PROJECT])

      if (installed) {
        this.how = 'installed in a new environment'
        this.#command = join(venv, 'bin/python')
      } else {
        this.how = 'not installed, as pip cannot build it without network: PYTHONPATH has its source'
        this.#env['PYTHONPATH'] = PROJECT
      }
    }
  }

  remove(): void {
    rmSync(this.dir, { recursive: true })
  }

  async run(args: string[]): Promise<Result> {
    const child = spawn(this.#command, args, {
      cwd: this.dir,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DEADLINE_MS
    })

    return resultOf(child)
  }

  /** Runs a module of the tests, and says how the client is there and what was skipped. */
  async unittest(t: TestContext, module: string): Promise<void> {
    const { code, stderr, stdout } = await this.run(['-m', 'unittest', '-v', `tests.${module}`])

    t.diagnostic(this.how)

    for (const line of stderr.split('\n').filter((text) => text.includes(' ... skipped '))) {
      t.diagnostic(line)
    }

    if (code !== 0) {
      throw new Error(`tests.${module} ended with ${code}\n${stdout}\n${stderr}`)
    }
  }
}
