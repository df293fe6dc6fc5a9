/** An empty project with the package installed in it, as a user has it. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { VERSION } from '../../../src/version.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const SCRIPTS = join(import.meta.dirname, '..', 'consumer')
const TIMEOUT_MS = 180_000

/** Of a registry that cannot be reached, or of a cache that lacks something while offline. */
const UNREACHABLE =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|E403)\b/

const exec = promisify(execFile)

export class Consumer {
  readonly dir: string

  private constructor(dir: string) {
    this.dir = dir
  }

  /**
   * Packs the repository as it is now, and installs it.
   *
   * @returns the project, or why none can be made here, for a test's `skip`
   */
  static async create(): Promise<{ consumer?: Consumer; skip: string | false }> {
    const consumer = new Consumer(await mkdtemp(join(tmpdir(), 'nebula-consumer-')))

    try {
      const tarball = await consumer.#pack()

      await consumer.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball)
      await cp(SCRIPTS, consumer.dir, { recursive: true })

      return { consumer, skip: false }
    } catch (error) {
      await consumer.remove()

      const [reason] = UNREACHABLE.exec((error as { stderr?: string }).stderr ?? '') ?? []

      if (reason == null) {
        throw error
      }

      return { skip: `npm cannot get the dependencies: ${reason}` }
    }
  }

  /** Runs a command of the project and gives what it printed; rejects when it fails. */
  async run(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await exec(command, args, {
      cwd: this.dir,
      env: this.env,
      timeout: TIMEOUT_MS,
      maxBuffer: 16 * 1024 * 1024
    })

    return stdout
  }

  /** That of this process without what npm and the test runner put there, and this Node.js first. */
  get env(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_(?:package|lifecycle|config_local)|NODE_TEST|NEBULA_)/.test(name)
    )

    return {
      ...Object.fromEntries(own),
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter)
    }
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true })
  }

  /** In a copy, because packing builds, and other tests run in the repository at the same time. */
  async #pack(): Promise<string> {
    const copy = join(this.dir, 'repository')

    await cp(ROOT, copy, {
      recursive: true,
      filter: (source) =>
        dirname(source) !== ROOT || !['node_modules', 'dist', '.git'].includes(basename(source))
    })
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    await exec('npm', ['pack', '--pack-destination', this.dir], {
      cwd: copy,
      env: this.env,
      timeout: TIMEOUT_MS
    })
    await rm(copy, { recursive: true })
    await writeFile(
      join(this.dir, 'package.json'),
      '{ "name": "consumer", "private": true, "type": "module" }'
    )

    return `./nebula-overlay-${VERSION}.tgz`
  }
}
