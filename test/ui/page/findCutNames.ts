/** Finds cut names in a tree of VS Code's. Runs in the workbench. */
export function findCutNames(tree: string): readonly string[] {
  return [...document.querySelectorAll(`${tree} .monaco-icon-label-container`)].flatMap((label) => {
    const name = label.querySelector('.label-name');
    const cut = name && name.getBoundingClientRect().right > label.getBoundingClientRect().right + 1;
    return cut ? [`cut: ${name.textContent}`] : [];
  });
}
