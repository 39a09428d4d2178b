console.info("parley");
