/**
 * The direction of imports (ARCHITECTURE.md, "Layers"):
 * cli, http -> node -> service -> parts -> protocols -> proto; all of them may import lib.
 */
const parts =
  'controller|limits|links|messages|forwarding|models|propagation|proxying|discovery|scoring|engine|warnings'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
    },
    {
      name: 'proto-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^proto/' },
      to: { path: '^(src|protocols)/' }
    },
    {
      name: 'protocols-know-no-policy',
      severity: 'error',
      from: { path: '^protocols/' },
      to: { path: '^src/', pathNot: '^src/lib/' }
    },
    {
      name: 'lib-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/lib/' },
      to: { path: '^(src|protocols|proto)/', pathNot: '^src/lib/' }
    },
    {
      name: 'parts-below-service',
      severity: 'error',
      from: { path: `^src/(${parts})/` },
      to: { path: '^src/(nebula|overlay-|service|index|node|http|cli|config)' }
    },
    {
      name: 'learning-stands-alone',
      comment: 'Parameters, aggregation and rounds are usable without the overlay.',
      severity: 'error',
      from: { path: '^src/learning/' },
      to: { path: '^(src|protocols|proto)/', pathNot: '^src/(learning|lib)/' }
    },
    {
      name: 'parameters-below-learning',
      severity: 'error',
      from: { path: '^src/learning/parameters/' },
      to: { path: '^src/learning/', pathNot: '^src/learning/parameters/' }
    },
    {
      name: 'service-below-node',
      severity: 'error',
      from: { path: '^src/(nebula|overlay-|service)' },
      to: { path: '^src/(index|node|http|cli)' }
    },
    {
      name: 'config-stands-alone',
      severity: 'error',
      from: { path: '^src/config/' },
      // what it documents it takes from where it holds
      to: { path: '^src/(nebula|overlay-|service|index|node|http|cli)', pathNot: '/constants\\.ts$' }
    },
    {
      name: 'node-below-cli',
      severity: 'error',
      from: { path: '^src/node/' },
      to: { path: '^src/(index|http|cli)' }
    },
    {
      name: 'http-below-cli',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/(index|cli)' }
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: '^(src|protocols|proto)/' },
      to: { path: '^(test|bench|examples|scripts)/' }
    },
    {
      name: 'streams-only-in-stream-io',
      comment: 'A protocol handler sends and receives through protocols/stream-io.ts only.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^protocols/stream-io' }
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(src|protocols)/' },
      to: { dependencyTypes: ['npm-dev'] }
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules|test/package/consumer)' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      mainFields: ['module', 'main']
    }
  }
}
