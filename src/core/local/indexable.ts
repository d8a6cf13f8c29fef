/** Selects the files to learn from: source that people write, of a size that people read. */

/** UTF-16 units; generated tables and bundles exceed what people write. */
export const MAX_FILE_CHARS = 400_000;
/** Bundles and data put thousands of characters on a line. */
const MAX_MEAN_LINE = 160;

const SOURCE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|pyi|rb|go|rs|java|kt|kts|scala|groovy|gradle|cs|fs|vb|c|h|cc|cpp|cxx|hpp|hh|m|mm|swift|dart|php|pl|pm|lua|r|jl|ex|exs|erl|hs|ml|mli|clj|cljs|elm|nim|zig|v|sv|vhd|sh|bash|zsh|fish|ps1|psm1|sql|graphql|gql|proto|thrift|css|scss|sass|less|html|htm|xml|xaml|json|jsonc|json5|yaml|yml|toml|ini|cfg|conf|cmake|mk|md|mdx|rst|tex|tf|hcl|nix|bicep|sol|prisma)$/i;
const SOURCE_NAMES =
  /(?:^|\/)(?:Makefile|Dockerfile|CMakeLists\.txt|Rakefile|Gemfile|Jenkinsfile|BUILD|WORKSPACE)$/;
const GENERATED =
  /\.(?:map|min\.[cm]?js|min\.css|bundle\.js|snap|lock)$|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|composer\.lock|poetry\.lock)$/i;
/** Folders with dependencies or generated files, whether or not .gitignore names them. */
const FOREIGN = new Set(
  'node_modules bower_components .git .hg .svn .venv venv __pycache__ .tox .mypy_cache .next .nuxt .cache .gradle .terraform'.split(
    ' ',
  ),
);

export const isForeignFolder = (name: string): boolean => FOREIGN.has(name);

/** Judges by path alone; the caller excludes secret and ignored files. */
export const isIndexablePath = (path: string): boolean =>
  (SOURCE.test(path) || SOURCE_NAMES.test(path)) &&
  !GENERATED.test(path) &&
  !path.split('/').slice(0, -1).some(isForeignFolder);

/** Judges by content: false for a binary file named .ts, a bundle, or a table of data. */
export function isIndexableText(text: string): boolean {
  if (text.length === 0 || text.length > MAX_FILE_CHARS) return false;
  if (text.slice(0, 8000).includes('\u0000')) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.length / lines <= MAX_MEAN_LINE;
}
