// A worker that has nothing to do. To begin one is to browsers what opening a page is, a reason to see whether a version
// of the site that waits may take over; py/page/offline.py tells why they have to be given one.

close();
