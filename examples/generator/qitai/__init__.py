"""奇台县 2012: four levels and eight special projects under the rules of 篇二."""
