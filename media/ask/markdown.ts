/**
 * A model's Markdown to safe elements, three layers deep: markdown-it lets no HTML through, images and links that
 * lead outside the web become text, and DOMPurify keeps only the elements named here. The page's policy, which loads
 * nothing remote, is a fourth.
 */
import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

export const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

const tags =
  'p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a table thead tbody tr th td'.split(
    ' ',
  );
const attributes = ['href', 'title', 'start', 'data-language', 'data-align'];

markdown.validateLink = (url) => /^(?:https?:|mailto:)/i.test(url.trim());
// A picture would be fetched from a stranger: what remains is its description.
markdown.renderer.rules['image'] = (tokens, index) => {
  const description = tokens[index]?.content ?? '';
  return markdown.utils.escapeHtml(description === '' ? '' : `[${description}]`);
};
markdown.renderer.rules['fence'] = (tokens, index) => {
  const { info = '', content = '' } = tokens[index] ?? {};
  return codeHtml(info, content);
};
markdown.renderer.rules['code_block'] = (tokens, index) => codeHtml('', tokens[index]?.content ?? '');

/** Inline styles are forbidden by the page's policy, so a column's alignment travels as data. */
for (const cell of ['th_open', 'td_open']) {
  markdown.renderer.rules[cell] = (tokens, index, options, _environment, self) => {
    const token = tokens[index];
    const align = /text-align:(left|right|center)/.exec(String(token?.attrGet('style') ?? ''))?.[1];
    if (token && align) token.attrs = [['data-align', align]];
    return self.renderToken(tokens, index, options);
  };
}

export const languageOf = (info: string): string => /^[\w+#.-]{1,30}/.exec(info.trim())?.[0] ?? '';

function codeHtml(info: string, content: string): string {
  const language = markdown.utils.escapeHtml(languageOf(info));
  return `<pre data-language="${language}"><code>${markdown.utils.escapeHtml(content)}</code></pre>\n`;
}

export function renderMarkdown(source: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.render(source), {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a')) link.title = link.href;
  return fragment;
}
