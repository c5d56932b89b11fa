// Which path is which page: CloudFront calls this for every request for a page.
function handler(event) {
  var request = event.request;
  if (request.uri.startsWith('/s/')) {
    request.uri = '/share.html';
  } else if (!request.uri.slice(request.uri.lastIndexOf('/')).includes('.')) {
    request.uri = '/index.html';
  }
  return request;
}
