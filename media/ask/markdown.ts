/**
 * Turns a model's Markdown into safe elements with three layers: markdown-it passes no HTML, images and links to
 * anything but the web become text, and DOMPurify keeps only the elements listed here. The page's content policy, which
 * allows nothing remote, is a fourth layer.
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
// An image would be loaded from an untrusted server, so only its description remains.
markdown.renderer.rules['image'] = (tokens, index) => {
  const description = tokens[index]?.content ?? '';
  return markdown.utils.escapeHtml(description === '' ? '' : `[${description}]`);
};
markdown.renderer.rules['fence'] = (tokens, index) => {
  const { info = '', content = '' } = tokens[index] ?? {};
  return codeHtml(info, content);
};
markdown.renderer.rules['code_block'] = (tokens, index) => codeHtml('', tokens[index]?.content ?? '');

/** The page's policy forbids inline styles, so a column's alignment becomes a data attribute. */
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
