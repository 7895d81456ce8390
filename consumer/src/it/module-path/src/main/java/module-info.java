module app {
  requires tepal;
}
