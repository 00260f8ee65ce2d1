// Puts the chosen colours and language on the page before the first paint, and asks for the home; a file of its own because inline scripts are not allowed.
(function () {
  var root = document.documentElement;
  var theme = 'auto';
  var book = document.currentScript ? document.currentScript.dataset : {};
  try {
    theme = localStorage.getItem('jiahe.theme') || 'auto';
    var lang = localStorage.getItem('jiahe.lang') || navigator.language || 'en';
    root.lang = /^zh/i.test(lang) ? 'zh-Hans' : 'en';
  } catch (_) {
    // storage may be forbidden; the defaults stand
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  var words = root.lang === 'zh-Hans' ? book.zh : book.en;
  if (words) {
    var link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = words;
    document.head.appendChild(link);
  }
  // Who was signed in here will want these two: they are on their way while the app itself still comes (src/lib/api.ts takes them).
  try {
    if (localStorage.getItem('jiahe.in') === '1') {
      window.jiaheEarly = {};
      ['/api/session', '/api/home'].forEach(function (path) {
        window.jiaheEarly[path] = fetch(path, { credentials: 'same-origin' }).catch(function () {
          return null;
        });
      });
    }
  } catch (_) {
    // then they are asked for a moment later
  }
})();
