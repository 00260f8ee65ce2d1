// Puts the chosen colours and language on the page before the first paint, and asks for the home; the build writes it into the page.
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
  // Whoever is signed in will want these two: they are on their way while the app itself still comes (src/lib/api.ts takes them).
  // Somebody who was here before is taken at their word; of a stranger the hub is asked first.
  function get(path) {
    return fetch(path, { credentials: 'same-origin' });
  }
  function none() {
    return null;
  }
  try {
    var session = get('/api/session');
    var home = localStorage.getItem('jiahe.in') === '1' ? get('/api/home') : session.then(function (answer) {
      return answer.clone().json();
    }).then(function (it) {
      return it.signed_in ? get('/api/home') : null;
    });
    window.jiaheEarly = { '/api/session': session.catch(none), '/api/home': home.catch(none) };
  } catch (_) {
    // then they are asked for a moment later
  }
})();
