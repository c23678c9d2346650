typedef int mca_placeholder;
