const names: Readonly<Record<string, string>> = {
  typescript: 'TypeScript',
  typescriptreact: 'TSX',
  javascript: 'JavaScript',
  javascriptreact: 'JSX',
  csharp: 'C#',
  cpp: 'C++',
  fsharp: 'F#',
  php: 'PHP',
  sql: 'SQL',
  html: 'HTML',
  css: 'CSS',
  json: 'JSON',
  yaml: 'YAML',
  shellscript: 'shell',
};
/** The name of a language by its VS Code id. */
export const languageLabel = (id: string): string => names[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
