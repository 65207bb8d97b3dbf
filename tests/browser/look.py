"""What a page looks like to axe-core and to a ruler. Both wait until the page stands: after a click the next one may only have begun."""

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = "async () => (await axe.run()).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target}`))"
# Words that a box without scrolling cuts off. What is hidden for reading aloud only is one pixel; one-line names end in an ellipsis.
CUT = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(e => {
  const s = getComputedStyle(e);
  if (e.closest('svg, .visually-hidden, .visually-hidden-focusable') || !e.clientWidth || !e.textContent.trim()) return false;
  const hides = v => v === 'hidden' || v === 'clip';
  const wide = hides(s.overflowX) && s.textOverflow !== 'ellipsis' && e.scrollWidth > e.clientWidth + 1;
  const tall = hides(s.overflowY) && s.webkitLineClamp === 'none' && e.scrollHeight > e.clientHeight + 2;
  return (wide || tall) && e.checkVisibility() && e.clientHeight > 1;
}).map(e => `${e.tagName}.${e.className}`).slice(0, 5)"""
MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e), long = v => v.split(',').some(d => parseFloat(d) * (d.trim().endsWith('ms') ? 1 : 1000) > 20);
  return long(s.transitionDuration) || (s.animationName !== 'none' && long(s.animationDuration));
}).map(e => e.tagName + '.' + e.className).slice(0, 5)"""
SMOOTH = "() => getComputedStyle(document.documentElement).scrollBehavior"


def overflow(page):
    """By how many pixels the page is wider than the screen."""
    page.wait_for_load_state()
    return max(0, page.evaluate(WIDE))


def violations(page):
    """axe-core's findings as `rule: element` lines."""
    page.wait_for_load_state()
    return page.evaluate(AXE)


def look(page):
    """Both, as lines. Without script only the ruler measures."""
    wide = overflow(page)
    found = violations(page) if page.evaluate("typeof axe === 'object'") else []
    return found + ([f"{wide} px too wide"] if wide else [])
