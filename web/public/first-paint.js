// Sets language, direction and theme before anything is painted. It is a file
// of its own because the content security policy allows no script in the page.
(function () {
  var root = document.documentElement
  var read = function (key) {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  var lang = read('wasl.lang')
  if (lang !== 'ar' && lang !== 'en') {
    lang = /^ar\b/i.test(navigator.language || '') ? 'ar' : 'en'
  }
  root.lang = lang
  root.dir = lang === 'ar' ? 'rtl' : 'ltr'
  var theme = read('wasl.theme')
  if (theme === 'light' || theme === 'dark') {
    root.dataset.theme = theme
  }
})()
